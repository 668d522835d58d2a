import { describe, expect, test } from 'vitest';
import { conntrack } from '../../../checks/kernel/conntrack.js';
import { ipip } from '../../../checks/kernel/ipip.js';
import { vxlan } from '../../../checks/kernel/vxlan.js';
import { probesOf } from '../../../src/engine/plan.js';
import { judged, pasted, testCheck } from '../../helpers/check-tester.js';
import { PACKAGED_KERNELS, recorded, recordedNode } from '../../helpers/recorded-node.js';

const HERE = 'shared-kernel-without-modules';
const TRIXIE = 'debian-trixie-amd64';
const config = recorded(TRIXIE, 'boot-config');
const dep = recorded(TRIXIE, 'modules-dep');
const builtin = recorded(TRIXIE, 'modules-builtin');
const here = recordedNode(
  HERE,
  probesOf(ipip).map(({ id }) => id),
);
const not = (symbol: string): string =>
  config.replace(new RegExp(`^CONFIG_${symbol}=.$`, 'm'), `# CONFIG_${symbol} is not set`);
const VXLAN = { encapsulation: 'vxlan', bgp: false } as const;

describe.each(PACKAGED_KERNELS)('%s', (node) => {
  test.each([
    [ipip.id, ipip, {}],
    [vxlan.id, vxlan, VXLAN],
    [conntrack.id, conntrack, {}],
  ] as const)('%s passes', (_id, check, intent) => {
    const says = recordedNode(
      node,
      probesOf(check).map(({ id }) => id),
    );
    expect(judged(check, says, intent).verdict).toMatchObject({ status: 'pass' });
  });
});

testCheck(ipip, [
  {
    name: 'a kernel without modules and without IPIP',
    says: here,
    expect: { status: 'fail', found: 'IPIP: CONFIG_NET_IPIP is not set (/proc/config.gz)' },
  },
  {
    name: 'the configuration alone',
    says: { 'boot-config': config },
    expect: { status: 'pass', found: expect.stringContaining('by its configuration alone') },
  },
  {
    name: 'the configuration and a list of what is loaded, which says nothing',
    says: {
      'boot-config': config,
      lsmod: 'Module                  Size  Used by\nnf_tables  311296 0\n',
    },
    expect: { status: 'pass', found: expect.stringContaining('by its configuration alone') },
  },
  {
    name: 'the configuration with it taken out',
    says: { 'boot-config': not('NET_IPIP') },
    expect: { status: 'fail' },
  },
  {
    name: 'a whole configuration that does not mention it (line taken out)',
    says: { 'boot-config': config.replace(/^CONFIG_NET_IPIP=.\n/m, '') },
    expect: { status: 'fail' },
  },
  {
    name: 'a configuration cut before it is no answer',
    says: { 'boot-config': pasted(config.slice(0, config.indexOf('CONFIG_NET_IPIP'))) },
    expect: { status: 'unknown', toKnow: expect.stringContaining('/proc/config.gz') },
  },
  {
    name: 'a module that is configured, but not installed (line taken out)',
    says: {
      'boot-config': config,
      'modules-dep': dep.replace(/^.*\/ipip\.ko.*\n/m, ''),
      'modules-builtin': builtin,
    },
    expect: { status: 'fail', found: expect.stringMatching(/NET_IPIP=m .*does not list ipip/) },
  },
  {
    name: 'a module that is configured, and no folder for the running kernel',
    says: { 'boot-config': config, 'modules-dep': recorded(HERE, 'modules-dep') },
    expect: { status: 'fail', found: expect.stringMatching(/modules\.dep is not there/) },
  },
  {
    name: 'installed, but not configured: the witnesses disagree',
    says: { 'boot-config': not('NET_IPIP'), 'modules-dep': dep },
    expect: {
      status: 'warn',
      found: expect.stringMatching(/disagree.*installed.*but.*is not set/),
    },
  },
  {
    name: 'loaded, but not configured: the witnesses disagree (line composed by hand)',
    says: {
      'boot-config': not('NET_IPIP'),
      'proc-modules': 'ipip 16384 0 - Live 0x0000000000000000\n',
    },
    expect: { status: 'warn' },
  },
  {
    name: 'installed, but blacklisted (rule composed by hand)',
    says: {
      'boot-config': config,
      'modules-dep': dep,
      'modprobe-rules': 'rules against modules:\n/etc/modprobe.d/cis.conf:blacklist ipip\n',
    },
    expect: {
      status: 'fail',
      found: expect.stringContaining('blacklist ipip in /etc/modprobe.d/cis.conf'),
    },
  },
  {
    name: 'loaded now, but not after a restart (lines composed by hand)',
    says: {
      'proc-modules': 'ipip 16384 0 - Live 0x0000000000000000\n',
      'modprobe-rules':
        'rules against modules:\n/etc/modprobe.d/cis.conf:install ipip /bin/false\n',
    },
    expect: { status: 'warn', found: expect.stringContaining('install ipip /bin/false') },
  },
  {
    name: 'modprobe alone, told to load nothing (composed by hand)',
    says: { 'modprobe-n-ipip': pasted('install /bin/true \n') },
    expect: { status: 'fail', found: 'IPIP: modprobe is told to load nothing for ipip' },
  },
  {
    name: 'modprobe is told to load nothing (pasted, composed by hand)',
    says: { 'boot-config': config, 'modprobe-n-ipip': pasted('install /bin/true \n') },
    expect: { status: 'fail' },
  },
  {
    name: 'modprobe would load it (pasted)',
    says: {
      'modprobe-n-ipip': pasted('insmod /lib/modules/6.1.0-50-amd64/kernel/net/ipv4/ipip.ko \n'),
    },
    expect: { status: 'pass' },
  },
  {
    name: 'modprobe finds none, and nobody else speaks: it may be built in',
    says: {
      'modprobe-n-ipip': pasted(
        'modprobe: FATAL: Module ipip not found in directory /lib/modules/6.1.0-50-amd64\n',
      ),
    },
    expect: { status: 'unknown' },
  },
  {
    name: 'neither installed nor built in, without a configuration (line taken out)',
    says: { 'modules-dep': dep.replace(/^.*\/ipip\.ko.*\n/m, ''), 'modules-builtin': builtin },
    expect: { status: 'fail' },
  },
  {
    name: 'tunl0 is there',
    says: { 'kernel-signs': 'in the running kernel:\n/sys/class/net/tunl0\n' },
    expect: { status: 'pass' },
  },
  {
    name: 'built in by the configuration, but not by the list of the running kernel (value changed)',
    says: { 'boot-config': config.replace('NET_IPIP=m', 'NET_IPIP=y'), 'modules-builtin': builtin },
    expect: { status: 'warn' },
  },
  {
    name: 'lsmod alone says nothing of what is not loaded',
    says: { lsmod: pasted('Module                  Size  Used by\nvxlan 90112 0\n') },
    expect: { status: 'unknown' },
  },
  {
    name: 'garbage',
    says: { 'boot-config': 'cat: /boot/config: Permission denied\n' },
    expect: { status: 'unknown' },
  },
  {
    name: 'no configuration there',
    says: { 'boot-config': { exit: 127, stderr: 'no kernel configuration for 6.1' } },
    expect: { status: 'unknown', reason: expect.stringMatching(/^tool-missing:/) },
  },
  { name: 'never asked', says: {}, expect: { status: 'unknown' } },
  { name: 'not used', says: here, intent: VXLAN, expect: { status: 'not-applicable' } },
]);

testCheck(vxlan, [
  {
    name: 'built into a kernel without modules',
    says: here,
    intent: VXLAN,
    expect: { status: 'pass' },
  },
  {
    name: 'taken out of the configuration',
    says: { 'boot-config': not('VXLAN') },
    intent: VXLAN,
    expect: { status: 'fail' },
  },
  { name: 'not used', says: {}, expect: { status: 'not-applicable' } },
  {
    name: 'used by flannel',
    says: here,
    intent: { network: 'flannel' },
    expect: { status: 'pass' },
  },
  { name: 'used by eBPF', says: {}, intent: { dataplane: 'ebpf' }, expect: { status: 'unknown' } },
]);

testCheck(conntrack, [
  { name: 'built into a kernel without modules', says: here, expect: { status: 'pass' } },
  {
    name: 'taken out of the configuration',
    says: { 'boot-config': not('NF_CONNTRACK') },
    expect: { status: 'fail' },
  },
  {
    name: 'loaded (line composed by hand)',
    says: { lsmod: 'Module                  Size  Used by\nnf_conntrack  180224  1 nf_nat\n' },
    expect: { status: 'pass', found: expect.stringContaining('lsmod') },
  },
  { name: 'never asked', says: {}, expect: { status: 'unknown' } },
]);

test('a node that fails IPIP is told of vxlan', () => {
  const intent = { encapsulation: 'ipip', bgp: true } as never;
  expect(ipip.alternatives?.(intent)).toContain('encapsulation: vxlan');
});
