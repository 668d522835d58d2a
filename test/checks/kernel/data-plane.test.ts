import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { bpfMounts } from '../../../checks/kernel/bpf-mounts.js';
import { btf } from '../../../checks/kernel/btf.js';
import { ebpf } from '../../../checks/kernel/ebpf.js';
import { lockdown } from '../../../checks/kernel/lockdown.js';
import { securityfs } from '../../../checks/kernel/securityfs.js';
import { xdp } from '../../../checks/kernel/xdp.js';
import { RELEASES } from '../../../src/domain/intent.js';
import { pasted, testCheck, type Case } from '../../helpers/check-tester.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');

const STATE = recorded('lab-kernel-state');
const BPF = { dataplane: 'ebpf' } as const;
const CONFIG = recorded('config-bookworm-amd64');
const unameA = (machine: string): string =>
  `Linux n1 6.1.0-50-amd64 #1 SMP Debian 6.1.176-1 (2026-06-01) ${machine} GNU/Linux\n`; // composed by hand
testCheck(ebpf, [
  {
    name: 'Debian 12',
    says: { 'boot-config': pasted(CONFIG) },
    intent: BPF,
    expect: { status: 'pass' },
  },
  {
    name: 'Debian 11',
    says: { 'boot-config': pasted(recorded('config-bullseye-amd64')) },
    intent: BPF,
    expect: { status: 'pass' },
  },
  ...['BPF_SYSCALL', 'NET_SCH_INGRESS', 'NET_CLS_BPF', 'CGROUP_BPF'].map((symbol): Case => ({
    name: `without ${symbol} (broken by hand)`,
    says: {
      'boot-config': pasted(
        CONFIG.replace(new RegExp(`^CONFIG_${symbol}=.*$`, 'm'), `# CONFIG_${symbol} is not set`),
      ),
    },
    intent: BPF,
    expect: { status: 'fail', found: expect.stringContaining(symbol) },
  })),
  {
    name: 'without the compiler it warns (broken by hand)',
    says: {
      'boot-config': pasted(CONFIG.replace('CONFIG_BPF_JIT=y', '# CONFIG_BPF_JIT is not set')),
    },
    intent: BPF,
    expect: { status: 'warn', expected: expect.stringContaining('unverified') },
  },
  {
    name: 'arm64 from 3.27 on',
    says: { 'boot-config': pasted(CONFIG), 'uname-a': unameA('aarch64') },
    intent: { ...BPF, calico: '3.27' },
    expect: { status: 'pass' },
  },
  {
    name: 'arm64 before',
    says: { 'boot-config': pasted(CONFIG), 'uname-a': unameA('aarch64') },
    intent: { ...BPF, calico: '3.26' },
    expect: { status: 'fail' },
  },
  {
    name: 'never s390x',
    says: { 'boot-config': pasted(recorded('config-bookworm-s390x')), 'uname-a': unameA('s390x') },
    intent: BPF,
    expect: { status: 'fail' },
  },
  {
    name: 'an etcd datastore',
    says: { 'boot-config': pasted(CONFIG) },
    intent: { ...BPF, datastore: 'etcd' },
    expect: { status: 'fail' },
  },
  {
    name: 'SCTP',
    says: { 'boot-config': pasted(CONFIG) },
    intent: { ...BPF, sctp: true },
    expect: { status: 'fail' },
  },
  {
    name: 'nobody tells',
    says: { 'uname-a': unameA('x86_64') },
    intent: BPF,
    expect: { status: 'unknown' },
  },
  {
    name: 'plain iptables',
    says: { 'boot-config': pasted(CONFIG) },
    expect: { status: 'not-applicable' },
  },
]);

const absent = (place: string): string => STATE.replace(`there ${place}`, `absent ${place}`); // broken by hand
testCheck(btf, [
  { name: 'a lab node', says: { 'kernel-state': STATE }, intent: BPF, expect: { status: 'pass' } },
  ...RELEASES.map((calico): Case => ({
    name: `a kernel without it, Calico ${calico}`,
    says: { 'kernel-state': absent('/sys/kernel/btf/vmlinux') },
    intent: { ...BPF, calico },
    expect: { status: 'warn' },
  })),
  {
    name: 'Debian 12 by its configuration',
    says: { 'boot-config': pasted(CONFIG) },
    intent: BPF,
    expect: { status: 'pass' },
  },
  {
    name: 'without the symbol (broken by hand)',
    says: {
      'boot-config': pasted(
        CONFIG.replace('CONFIG_DEBUG_INFO_BTF=y', '# CONFIG_DEBUG_INFO_BTF is not set'),
      ),
    },
    intent: BPF,
    expect: { status: 'warn' },
  },
  { name: 'no eBPF', says: { 'kernel-state': STATE }, expect: { status: 'not-applicable' } },
  { name: 'nothing asked', says: {}, intent: BPF, expect: { status: 'unknown' } },
]);
testCheck(securityfs, [
  { name: 'a lab node', says: { 'kernel-state': STATE }, expect: { status: 'pass' } },
  {
    name: 'a kernel without it',
    says: { 'kernel-state': absent('/sys/kernel/security') },
    expect: { status: 'warn' },
  },
  {
    name: 'Debian 13 by its configuration',
    says: { 'boot-config': pasted(recorded('config-trixie-arm64')) },
    expect: { status: 'pass' },
  },
  {
    name: 'Calico 3.30',
    says: { 'kernel-state': absent('/sys/kernel/security') },
    intent: { calico: '3.30' },
    expect: { status: 'not-applicable' },
  },
  { name: 'garbage', says: { 'kernel-state': 'x' }, expect: { status: 'unknown' } },
]);
testCheck(bpfMounts, [
  {
    name: 'a lab node',
    says: { 'kernel-state': STATE, mounts: recorded('lab-mounts') },
    expect: { status: 'pass' },
  },
  {
    name: 'a lab node under eBPF',
    says: { 'kernel-state': STATE, mounts: recorded('lab-mounts') },
    intent: BPF,
    expect: { status: 'pass', found: expect.stringContaining('itself') },
  },
  {
    name: 'no directory, manifest',
    says: { 'kernel-state': absent('/sys/fs/bpf') },
    intent: { install: 'manifest' },
    expect: { status: 'fail' },
  },
  {
    name: 'no directory, eBPF',
    says: { 'kernel-state': absent('/sys/fs/bpf') },
    intent: BPF,
    expect: { status: 'fail' },
  },
  {
    name: 'no directory, operator',
    says: { 'kernel-state': absent('/sys/fs/bpf') },
    expect: { status: 'warn' },
  },
  {
    name: 'no cgroup2 under eBPF (broken by hand)',
    says: { 'kernel-state': STATE.replace('filesystem cgroup2\n', '') },
    intent: BPF,
    expect: { status: 'fail' },
  },
  {
    name: 'by the configuration alone',
    says: { 'boot-config': pasted(CONFIG) },
    expect: { status: 'pass' },
  },
  { name: 'only mounts', says: { mounts: recorded('lab-mounts') }, expect: { status: 'unknown' } },
  {
    name: 'Calico 3.0',
    says: { 'kernel-state': STATE },
    intent: { calico: '3.0' },
    expect: { status: 'not-applicable' },
  },
]);

const locked = (mode: string): string =>
  `${STATE}lockdown ${['none', 'integrity', 'confidentiality'].map((one) => (one === mode ? `[${one}]` : one)).join(' ')}\n`; // composed by hand after the kernel's own format
testCheck(lockdown, [
  {
    name: 'a lab node has none',
    says: { 'kernel-state': STATE },
    intent: BPF,
    expect: { status: 'pass' },
  },
  {
    name: 'integrity',
    says: { 'kernel-state': locked('integrity') },
    intent: BPF,
    expect: { status: 'pass' },
  },
  {
    name: 'confidentiality',
    says: { 'kernel-state': locked('confidentiality') },
    intent: BPF,
    expect: { status: 'warn', expected: expect.stringContaining('3.31.7') },
  },
  {
    name: 'confidentiality, 3.30',
    says: { 'kernel-state': locked('confidentiality') },
    intent: { ...BPF, calico: '3.30' },
    expect: { status: 'warn' },
  },
  {
    name: 'no mode in brackets',
    says: { 'kernel-state': `${STATE}lockdown none integrity\n` },
    intent: BPF,
    expect: { status: 'unknown', reason: expect.stringMatching(/^garbled/) },
  },
  {
    name: 'no eBPF',
    says: { 'kernel-state': locked('confidentiality') },
    expect: { status: 'not-applicable' },
  },
]);
const FOCAL = { 'uname-r': '5.4.0-150-generic\n', 'os-release': 'ID=ubuntu\nVERSION_ID="20.04"\n' };
testCheck(xdp, [
  {
    name: 'the 5.4 of Ubuntu 20.04 is known to fail (composed by hand)',
    says: FOCAL,
    intent: { ...BPF, calico: '3.30' },
    expect: { status: 'warn', found: expect.stringContaining('fails to load') },
  },
  {
    name: 'the same kernel under a release before that',
    says: FOCAL,
    intent: { ...BPF, calico: '3.27' },
    expect: { status: 'pass' },
  },
  { name: '6.1', says: { 'uname-a': unameA('x86_64') }, intent: BPF, expect: { status: 'pass' } },
  {
    name: '4.15',
    says: { 'uname-r': '4.15.0-142-generic\n' },
    intent: BPF,
    expect: { status: 'warn' },
  },
  { name: 's390x', says: { 'uname-a': unameA('s390x') }, intent: BPF, expect: { status: 'warn' } },
  { name: 'no eBPF', says: { 'uname-a': unameA('x86_64') }, expect: { status: 'not-applicable' } },
]);
