import { readFileSync } from 'node:fs';
import { cpuLevel } from '../../../checks/platform/cpu-level.js';
import { secureBoot } from '../../../checks/platform/secure-boot.js';
import { swap } from '../../../checks/platform/swap.js';
import { RELEASES } from '../../../src/domain/intent.js';
import { pasted, testCheck, type Case } from '../../helpers/check-tester.js';
import { recorded as recordedNode } from '../../helpers/recorded-node.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`../kernel/recorded/${name}.txt`, import.meta.url), 'utf8');

const CPU = recorded('lab-cpuinfo');
const UNAME = recordedNode('shared-kernel-without-modules', 'uname-a');
const ARM = UNAME.replace('x86_64', 'aarch64');
// Broken by hand: what a virtual machine with the processor model kvm64 lacks.
const KVM64 = CPU.replace(/ (?:ssse3|sse4_1|sse4_2|popcnt|lahf_lm)\b/g, '').replace(
  /^(model name\s*: ).*/m,
  '$1Common KVM processor',
);
// Composed by hand after /proc/cpuinfo of arm64.
const ARM_CPU =
  'processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd evtstrm aes\nCPU implementer\t: 0x41\n';

const needsLevel = (calico: string): boolean => calico === '3.31' || calico === '3.32';
testCheck(cpuLevel, [
  ...RELEASES.flatMap((calico): Case[] => [
    {
      name: `a lab node, Calico ${calico}`,
      says: { cpuinfo: CPU, 'uname-a': UNAME },
      intent: { calico },
      expect: { status: needsLevel(calico) ? 'pass' : 'not-applicable' },
    },
    {
      name: `kvm64, Calico ${calico}`,
      says: { cpuinfo: KVM64, 'uname-a': UNAME },
      intent: { calico },
      expect: { status: needsLevel(calico) ? 'fail' : 'not-applicable' },
    },
  ]),
  {
    name: 'kvm64 is named with what it lacks',
    says: { cpuinfo: KVM64 },
    expect: {
      status: 'fail',
      found: 'Common KVM processor lacks lahf_lm, popcnt, sse4_1, sse4_2, ssse3',
    },
  },
  {
    name: 'arm64',
    says: { cpuinfo: ARM_CPU, 'uname-a': ARM },
    expect: { status: 'not-applicable' },
  },
  {
    name: 'arm64 by its flags alone',
    says: { cpuinfo: pasted(ARM_CPU) },
    expect: { status: 'not-applicable' },
  },
  { name: 'x86-64 without flags', says: { 'uname-a': UNAME }, expect: { status: 'unknown' } },
  {
    name: 'outputs of two nodes',
    says: { cpuinfo: CPU, 'uname-a': ARM },
    expect: { status: 'unknown' },
  },
  { name: 'garbage', says: { cpuinfo: 'x' }, expect: { status: 'unknown' } },
]);

const STATE = recorded('lab-kernel-state');
testCheck(swap, [
  { name: 'a lab node', says: { 'kernel-state': STATE }, expect: { status: 'pass' } },
  {
    name: 'a partition (composed by hand)',
    says: { 'kernel-state': `${STATE}swap partition 4194300\n` },
    expect: { status: 'warn', found: 'swap: partition of 4096 MiB' },
    fixes: ['swapoff'],
  },
  {
    name: 'swaps that could not be read',
    says: { 'kernel-state': STATE.replace('swaps\n', '') },
    expect: { status: 'unknown' },
  },
]);

// Composed by hand: the bytes of the variable as od prints them.
const efi = (byte: string): string =>
  `${STATE.replace('absent /sys/firmware/efi', 'there /sys/firmware/efi')}${byte === '' ? '' : `secure-boot 6 0 0 0 ${byte}\n`}`;
testCheck(secureBoot, [
  { name: 'a lab node has no UEFI', says: { 'kernel-state': STATE }, expect: { status: 'pass' } },
  { name: 'off', says: { 'kernel-state': efi('0') }, expect: { status: 'pass' } },
  {
    name: 'on, and nothing to load',
    says: { 'kernel-state': efi('1') },
    expect: { status: 'pass' },
  },
  {
    name: 'on, with WireGuard',
    says: { 'kernel-state': efi('1') },
    intent: { wireguard: 'ipv4' },
    expect: { status: 'warn' },
  },
  {
    name: 'on, with eBPF',
    says: { 'kernel-state': efi('1') },
    intent: { dataplane: 'ebpf' },
    expect: { status: 'warn' },
  },
  {
    name: 'UEFI that does not say',
    says: { 'kernel-state': efi('') },
    expect: { status: 'unknown' },
  },
]);
