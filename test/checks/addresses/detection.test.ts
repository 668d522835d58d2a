import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { duplicate } from '../../../checks/addresses/duplicate.js';
import { mtu } from '../../../checks/addresses/mtu.js';
import { poolCapacity } from '../../../checks/addresses/pool-capacity.js';
import { sameSubnet } from '../../../checks/cluster/same-subnet.js';
import type { AnyClusterCheck } from '../../../src/domain/check.js';
import { DEFAULT_INTENT, type Intent } from '../../../src/domain/intent.js';
import { answersOf } from '../../../src/engine/answers.js';
import { judgeCluster } from '../../../src/engine/judge.js';
import { probesOf } from '../../../src/engine/plan.js';
import { judged, nodeEvidenceOf, testCheck, type Said } from '../../helpers/check-tester.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const node = (name: string): Readonly<Record<string, Said>> => ({
  'ip-addr': recorded(`${name}-ip-addr`),
  'ip-route': recorded(`${name}-ip-route`),
});
const [one, bond] = [node('one'), node('bond')];

testCheck(mtu, [
  {
    name: 'an adapter that Calico measures passes',
    says: one,
    intent: { encapsulation: 'vxlan' },
    expect: { status: 'pass', found: expect.stringContaining('1450') },
  },
  {
    name: 'IP-in-IP costs 20 bytes',
    says: one,
    expect: { status: 'pass', found: expect.stringContaining('1480') },
  },
  {
    name: 'WireGuard costs more than IP-in-IP',
    says: one,
    intent: { wireguard: 'ipv4' },
    expect: { status: 'pass', found: expect.stringContaining('1440') },
  },
  {
    name: 'a bond with large frames is not measured',
    says: bond,
    expect: {
      status: 'warn',
      found: expect.stringContaining('bond0, which carries the traffic of the node, has 9000'),
      expected: 'an MTU of 8980 for pods',
    },
  },
  {
    name: 'a bridge whose name the detection of addresses leaves out carries all the same',
    says: node('storage'),
    expect: { status: 'warn', found: expect.stringContaining('br-ex, which carries') },
  },
  {
    name: 'a node known by an address of its loopback sends by another interface',
    // Composed: the address moved to the loopback.
    says: {
      'ip-addr': recorded('one-ip-addr').replace(
        '127.0.0.1/8 scope host',
        '198.18.7.1/32 scope global',
      ),
      'ip-route': recorded('one-ip-route'),
    },
    node: { host: '198.18.7.1' },
    expect: { status: 'pass' },
  },
  {
    name: 'the inventory decides which interface carries',
    says: bond,
    node: { host: '198.18.0.11' },
    expect: { status: 'pass' },
  },
  {
    name: 'an intent that asks for too much warns',
    says: one,
    intent: { mtu: 1500 },
    expect: { status: 'warn', found: expect.stringContaining('large packets are lost') },
  },
  {
    name: 'an intent that asks for less passes',
    says: one,
    intent: { mtu: 1400 },
    expect: { status: 'pass' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);

test('the MTU that fits is a setting', () => {
  expect(judged(mtu, bond).settings).toMatchObject([
    { installation: 'spec.calicoNetwork.mtu', manifest: 'veth_mtu', value: 8980 },
  ]);
});

const fleet = (
  check: AnyClusterCheck,
  nodes: readonly Readonly<Record<string, Said>>[],
  intent: Partial<Intent> = {},
) =>
  judgeCluster(
    check,
    nodes.map((says, index) => {
      const name = `n${String(index + 1)}`;
      const probes = probesOf(check);
      return {
        node: { name, host: name, roles: ['worker'] },
        answers: answersOf(probes, nodeEvidenceOf(probes, says, name)),
      };
    }),
    { ...DEFAULT_INTENT, ...intent },
  );
const address = (name: string, from = '198.18.0.11', to = from) => ({
  // Composed where the address is replaced.
  'ip-addr': recorded(`${name}-ip-addr`).replaceAll(from, to),
});

test('the same address on two nodes fails', () => {
  expect(fleet(duplicate, [address('one'), address('one')])).toMatchObject({
    status: 'fail',
    found: 'the same address: 198.18.0.11 on n1, n2',
  });
  const other = address('one', '198.18.0.11', '198.18.0.12');
  expect(fleet(duplicate, [address('one'), other])).toMatchObject({ status: 'pass' });
  expect(fleet(duplicate, [address('one'), {}])).toMatchObject({ status: 'unknown' });
});

test('addresses that Calico never looks at may be the same', () => {
  const docker = (name: string) => ({
    'ip-addr': recorded('two-ip-addr').replaceAll('eth1', 'br-12').replaceAll('.0.11/', name),
  });
  expect(fleet(duplicate, [docker('.0.11/'), docker('.0.12/')])).toMatchObject({ status: 'pass' });
});

test.each([
  [{}, 3, 'pass'],
  [{ podCIDRs: ['10.0.0.0/25'] }, 3, 'warn'],
  [{ podCIDRs: ['10.0.0.0/24'] }, 3, 'warn'],
  [{ podCIDRs: ['10.0.0.0/27'] }, 1, 'warn'],
  [{ podCIDRs: ['10.0.0.0/16'], blockSize: 19 }, 1, 'warn'],
  [{ podCIDRs: ['fd00::/48'] }, 3, 'pass'],
  [{ network: 'azure' }, 3, 'not-applicable'],
  [{ network: 'flannel' }, 3, 'not-applicable'],
] as const)('%j with %s nodes: %s', (intent, count, status) => {
  const nodes = Array.from({ length: count }, () => ({}));
  expect(fleet(poolCapacity, nodes, intent)).toMatchObject({ status });
});

test.each([
  [{ encapsulation: 'none' }, true, 'pass'],
  [{ encapsulation: 'none' }, false, 'warn'],
  [{ encapsulation: 'vxlan-cross-subnet' }, true, 'pass'],
  [{ encapsulation: 'vxlan-cross-subnet' }, false, 'warn'],
  [{ encapsulation: 'vxlan' }, false, 'not-applicable'],
] as const)('%j in one subnet %s: %s', (intent, isOne, status) => {
  const other = address('one', '198.18.0.11', isOne ? '198.18.0.12' : '198.18.99.12');
  expect(fleet(sameSubnet, [address('one'), other], intent)).toMatchObject({ status });
});

test('a node without an address is in no subnet', () => {
  const without = { 'ip-addr': recorded('loopback-ip-addr') };
  expect(fleet(sameSubnet, [without, without], { encapsulation: 'none' })).toMatchObject({
    status: 'unknown',
    reason: expect.stringContaining('n1 has no IPv4 address') as string,
  });
});

test('within subnets of several nodes nothing is encapsulated', () => {
  const nodes = ['198.18.0.11', '198.18.0.12', '198.18.99.13'].map((to) =>
    address('one', '198.18.0.11', to),
  );
  expect(fleet(sameSubnet, nodes, { encapsulation: 'ipip-cross-subnet' })).toMatchObject({
    status: 'pass',
    found: expect.stringContaining('198.18.0.0/24: n1, n2') as string,
  });
});
