import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { poolHostOverlap } from '../../../checks/addresses/pool-host-overlap.js';
import { poolServiceOverlap } from '../../../checks/addresses/pool-service-overlap.js';
import { ipAddr } from '../../../checks/probes/ip-addr.js';
import { ipRoute } from '../../../checks/probes/ip-route.js';
import { pasted, testCheck } from '../../helpers/check-tester.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const SAYS = { 'ip-addr': recorded('ip-addr'), 'ip-route': recorded('ip-route') };
const pool = (...podCIDRs: readonly string[]) => ({ podCIDRs });

testCheck(poolHostOverlap, [
  {
    name: "Calico's own addresses and routes are no overlap",
    says: SAYS,
    expect: { status: 'pass' },
  },
  {
    name: 'a container bridge in the pool fails',
    says: SAYS,
    intent: pool('172.16.0.0/12'),
    expect: { status: 'fail', found: expect.stringContaining('172.17.0.1/16 on docker0') },
  },
  {
    name: 'a node address in the pool fails',
    says: SAYS,
    intent: pool('10.0.0.0/16'),
    expect: { status: 'fail', found: expect.stringContaining('10.0.0.5/24 on eth0') },
  },
  {
    name: 'a route alone fails too',
    says: SAYS,
    intent: pool('172.30.4.0/22'),
    expect: { status: 'fail', found: expect.stringContaining('the route to 172.30.0.0/16') },
  },
  {
    name: 'a pool inside a network of the node fails',
    says: SAYS,
    intent: pool('10.0.0.128/25'),
    expect: { status: 'fail' },
  },
  {
    name: 'the far end of a tunnel is a route',
    says: SAYS,
    intent: pool('10.8.0.2/32'),
    expect: { status: 'fail' },
  },
  {
    name: 'IPv6 is judged',
    says: SAYS,
    intent: pool('192.168.0.0/16', '2001:db8::/32'),
    expect: { status: 'fail' },
  },
  {
    name: 'IPv6 apart passes',
    says: SAYS,
    intent: pool('fd00:1::/48'),
    expect: { status: 'pass' },
  },
  {
    name: 'link-local is never a pool',
    says: SAYS,
    intent: pool('169.254.8.0/24'),
    expect: { status: 'fail', found: expect.stringContaining('link-local') },
  },
  {
    // Composed by hand: the container bridge and a route renamed to what flannel makes.
    name: "with flannel's network the pool is flannel's",
    says: {
      'ip-addr': SAYS['ip-addr'].replaceAll('docker0', 'cni0'),
      'ip-route': SAYS['ip-route'].replaceAll('docker0', 'cni0'),
    },
    intent: { ...pool('172.17.0.0/16'), network: 'flannel' },
    expect: { status: 'pass' },
  },
  {
    // Composed by hand, likewise.
    name: "under Calico's network flannel's bridge is another's",
    says: {
      'ip-addr': SAYS['ip-addr'].replaceAll('docker0', 'cni0'),
      'ip-route': SAYS['ip-route'].replaceAll('docker0', 'cni0'),
    },
    intent: pool('172.17.0.0/16'),
    expect: { status: 'fail' },
  },
  {
    name: 'the one-line form is read',
    says: { ...SAYS, 'ip-addr': recorded('ip-o-addr') },
    intent: pool('10.0.0.0/16'),
    expect: { status: 'fail' },
  },
  {
    name: 'an overlap shows without the routes',
    says: { 'ip-addr': SAYS['ip-addr'] },
    intent: pool('10.0.0.0/16'),
    expect: { status: 'fail' },
  },
  {
    name: 'no overlap without the routes is unknown',
    says: { 'ip-addr': SAYS['ip-addr'] },
    expect: { status: 'unknown', toKnow: 'Run ip route on the node.' },
  },
  {
    name: 'no overlap without the addresses is unknown',
    says: { 'ip-route': SAYS['ip-route'] },
    expect: { status: 'unknown', toKnow: 'Run ip addr on the node.' },
  },
  {
    name: 'garbage is unknown',
    says: { 'ip-addr': 'x', 'ip-route': 'x y' },
    expect: { status: 'unknown' },
  },
  {
    name: 'an empty paste is unknown',
    says: { 'ip-addr': pasted(''), 'ip-route': pasted('') },
    expect: { status: 'unknown' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
  {
    name: 'addresses of the cloud are not ours',
    says: SAYS,
    intent: { network: 'aws-vpc' },
    expect: { status: 'not-applicable' },
  },
]);

testCheck(poolServiceOverlap, [
  { name: 'the defaults pass', says: {}, expect: { status: 'pass' } },
  {
    name: 'an overlap fails',
    says: {},
    intent: { podCIDRs: ['10.0.0.0/8'], serviceCIDRs: ['10.96.0.0/12'] },
    expect: { status: 'fail', found: 'overlap: 10.0.0.0/8 with 10.96.0.0/12' },
  },
  {
    name: 'the second of two is judged',
    says: {},
    intent: {
      podCIDRs: ['192.168.0.0/16', 'fd00::/48'],
      serviceCIDRs: ['10.96.0.0/12', 'fd00::/108'],
    },
    expect: { status: 'fail' },
  },
  {
    name: 'neighbours pass',
    says: {},
    intent: { podCIDRs: ['10.0.0.0/16'], serviceCIDRs: ['10.1.0.0/16'] },
    expect: { status: 'pass' },
  },
  {
    name: 'no service range',
    says: {},
    intent: { serviceCIDRs: [] },
    expect: { status: 'not-applicable' },
  },
]);

const raw = (stdout: string) => ({ stdout, stderr: '', exit: 0, receivedAt: null });

test('every kind of route is read', () => {
  const { routes } = ipRoute.parse(raw(recorded('ip-route')));
  expect(routes).toContainEqual(
    expect.objectContaining({
      type: 'blackhole',
      destination: '192.168.77.0/26',
      device: '',
      protocol: 'bird',
    }),
  );
  expect(routes).toContainEqual(
    expect.objectContaining({
      type: 'unreachable',
      destination: '10.99.0.0/16',
      device: '',
      protocol: '',
    }),
  );
  expect(routes).toHaveLength(17);
});

test('both forms of ip addr say the same', () => {
  const short = ipAddr.parse(raw(recorded('ip-o-addr')));
  expect(short.addresses).toEqual(ipAddr.parse(raw(recorded('ip-addr'))).addresses);
});
