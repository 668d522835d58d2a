import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cgroupVersion } from '../../../checks/kernel/cgroup-version.js';
import { conntrackTable } from '../../../checks/kernel/conntrack-table.js';
import { inotifyLimits } from '../../../checks/kernel/inotify-limits.js';
import { mountPropagation } from '../../../checks/kernel/mount-propagation.js';
import { sysctlIpForward } from '../../../checks/kernel/sysctl-ip-forward.js';
import { sysctlRpFilter } from '../../../checks/kernel/sysctl-rp-filter.js';
import { judged, pasted, testCheck } from '../../helpers/check-tester.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');

const FRESH = recorded('lab-sysctl-a');
const LOOSE = recorded('lab-loose-sysctl-a'); // forwarding on, all.rp_filter 2
const STRICT = recorded('lab-strict-sysctl-a'); // forwarding on, all.rp_filter 1
const STRICT_TWO = recorded('lab-strict-two-ways-sysctl-a');
const PASTED = recorded('lab-sysctl-a-pasted');

testCheck(sysctlIpForward, [
  {
    name: 'a fresh lab node',
    says: { 'sysctl-a': FRESH, 'sysctl-files': recorded('lab-sysctl-files') },
    expect: { status: 'warn', found: expect.stringContaining('net.ipv4.ip_forward = 0') },
    fixes: ['ip-forward'],
  },
  {
    name: 'mended',
    says: { 'sysctl-a': STRICT, 'sysctl-files': recorded('lab-mended-sysctl-files') },
    expect: { status: 'pass' },
  },
  {
    name: 'a file that sets 0',
    says: { 'sysctl-a': STRICT, 'sysctl-files': recorded('lab-hardened-sysctl-files') },
    expect: {
      status: 'warn',
      found: expect.stringContaining(
        '/etc/sysctl.d/60-hardening.conf sets net.ipv4.ip_forward = 0',
      ),
    },
  },
  { name: 'no word on the files', says: { 'sysctl-a': STRICT }, expect: { status: 'pass' } },
  {
    name: 'IPv6 too',
    says: { 'sysctl-a': STRICT },
    intent: { ipFamilies: ['ipv4', 'ipv6'] },
    expect: { status: 'warn', found: expect.stringContaining('net.ipv6.conf.all.forwarding') },
  },
  { name: 'pasted', says: { 'sysctl-a': pasted(PASTED) }, expect: { status: 'warn' } },
  {
    name: 'only files, which say nothing',
    says: { 'sysctl-files': recorded('lab-sysctl-files') },
    expect: { status: 'unknown' },
  },
  {
    name: 'garbage',
    says: { 'sysctl-a': 'x' },
    expect: { status: 'unknown', reason: expect.stringMatching(/^garbled/) },
  },
]);

test('the fix of forwarding writes one file and undoes to what was', () => {
  const [fix] = judged(sysctlIpForward, { 'sysctl-a': FRESH }).fixes;
  expect(fix).toMatchObject({
    files: [
      {
        path: '/etc/sysctl.d/zz-calico-ready-ip-forward.conf',
        content: 'net.ipv4.ip_forward = 1\n',
        expected: null,
      },
    ],
    undoCommands: ['/sbin/sysctl -q -w net.ipv4.ip_forward=0'],
    byHandOnly: true,
  });
});

const ROUTES = recorded('lab-two-ways-ip-route');
testCheck(sysctlRpFilter, [
  { name: 'none', says: { 'sysctl-a': FRESH }, expect: { status: 'pass' } },
  { name: 'loose today', says: { 'sysctl-a': LOOSE }, expect: { status: 'pass' } },
  {
    name: 'loose by page A',
    says: { 'sysctl-a': LOOSE },
    intent: { calico: '3.0' },
    expect: { status: 'warn', found: expect.stringContaining('2 (loose)') },
    fixes: ['rp-filter'],
  },
  {
    name: 'strict by page A',
    says: { 'sysctl-a': STRICT },
    intent: { calico: '3.0' },
    expect: { status: 'pass' },
  },
  {
    name: 'strict, one way out',
    says: { 'sysctl-a': STRICT, 'ip-route': recorded('lab-ip-route') },
    expect: { status: 'pass' },
  },
  {
    name: 'strict, two ways out',
    says: { 'sysctl-a': STRICT_TWO, 'ip-route': ROUTES },
    expect: { status: 'warn', found: expect.stringContaining('eth9') },
    fixes: ['rp-filter'],
  },
  {
    name: 'loose, two ways out',
    says: { 'sysctl-a': LOOSE, 'ip-route': ROUTES },
    expect: { status: 'pass' },
  },
  {
    name: 'strict under eBPF',
    says: { 'sysctl-a': STRICT },
    intent: { dataplane: 'ebpf' },
    expect: { status: 'warn' },
  },
  { name: 'only routes', says: { 'ip-route': ROUTES }, expect: { status: 'unknown' } },
]);

const filled = (count: string): string =>
  FRESH.replace(/nf_conntrack_count:\d+/, `nf_conntrack_count:${count}`); // broken by hand: 262144 is the maximum there
testCheck(conntrackTable, [
  { name: 'a lab node', says: { 'sysctl-a': FRESH }, expect: { status: 'pass' } },
  {
    name: 'three quarters full',
    says: { 'sysctl-a': filled('200000') },
    expect: { status: 'warn' },
    fixes: ['conntrack'],
  },
  {
    name: 'full',
    says: { 'sysctl-a': filled('262144') },
    expect: { status: 'warn', found: expect.stringContaining('100 %') },
  },
  {
    name: 'not in use (cut by hand)',
    says: { 'sysctl-a': FRESH.replace(/^net\/netfilter.*\n/gm, '') },
    expect: { status: 'not-applicable' },
  },
  {
    name: 'cut off before the network',
    says: { 'sysctl-a': 'fs.inotify.max_user_watches = 1\n' },
    expect: { status: 'unknown' },
  },
]);

const RAISED = FRESH.replace('max_user_instances:128', 'max_user_instances:8192').replace(
  /max_user_watches:\d+/,
  'max_user_watches:524288',
); // mended by hand: the limits are not those of a namespace
testCheck(inotifyLimits, [
  {
    name: 'the defaults',
    says: { 'sysctl-a': FRESH },
    expect: { status: 'warn' },
    fixes: ['inotify'],
  },
  { name: 'raised', says: { 'sysctl-a': RAISED }, expect: { status: 'pass' } },
  { name: 'pasted', says: { 'sysctl-a': pasted(PASTED) }, expect: { status: 'warn' } },
  {
    name: 'not named',
    says: { 'sysctl-a': 'net.ipv4.ip_forward = 1\n' },
    expect: { status: 'unknown' },
  },
]);

testCheck(mountPropagation, [
  {
    name: 'a lab node',
    says: { mounts: recorded('lab-mounts') },
    intent: { install: 'manifest' },
    expect: { status: 'pass' },
  },
  {
    name: 'private, manifest',
    says: { mounts: recorded('lab-private-mounts') },
    intent: { install: 'manifest' },
    expect: { status: 'fail', found: expect.stringContaining('/sys (sysfs)') },
    fixes: ['rshared'],
  },
  {
    name: 'private, eBPF',
    says: { mounts: recorded('lab-private-mounts') },
    intent: { dataplane: 'ebpf' },
    expect: { status: 'fail' },
  },
  {
    name: 'private, operator',
    says: { mounts: recorded('lab-private-mounts') },
    expect: { status: 'not-applicable' },
  },
  {
    name: 'mended',
    says: { mounts: recorded('lab-mended-mounts') },
    intent: { install: 'manifest' },
    expect: { status: 'pass' },
  },
  {
    name: 'Calico 3.0',
    says: { mounts: recorded('lab-private-mounts') },
    intent: { calico: '3.0' },
    expect: { status: 'not-applicable' },
  },
  {
    name: 'garbage',
    says: { mounts: 'x' },
    intent: { install: 'manifest' },
    expect: { status: 'unknown' },
  },
]);
testCheck(cgroupVersion, [
  {
    name: 'v2 on a lab node',
    says: { mounts: recorded('lab-mounts') },
    intent: { kubernetes: '1.36' },
    expect: { status: 'pass' },
  },
  {
    name: 'v1 before 1.35',
    says: { mounts: recorded('cgroup-v1-mounts') },
    intent: { kubernetes: '1.34' },
    expect: { status: 'pass', found: expect.stringContaining('cgroup v1') },
  },
  {
    name: 'v1 from 1.35 on',
    says: { mounts: recorded('cgroup-v1-mounts') },
    intent: { kubernetes: '1.35' },
    expect: { status: 'warn', found: 'cgroup v1 (hybrid)' },
    fixes: ['unified'],
  },
  {
    name: 'no cgroups (cut by hand)',
    says: { mounts: recorded('lab-mounts').replace(/^.*cgroup.*\n/gm, '') },
    expect: { status: 'unknown' },
  },
]);
