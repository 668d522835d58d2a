import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { autodetection } from '../../../checks/addresses/autodetection.js';
import { judged, pasted, testCheck, type Said } from '../../helpers/check-tester.js';

const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const node = (name: string): Readonly<Record<string, Said>> => ({
  'ip-addr': recorded(`${name}-ip-addr`),
  'ip-route': recorded(`${name}-ip-route`),
});
const [one, two] = [node('one'), node('two')];

testCheck(autodetection, [
  {
    name: 'one interface passes',
    says: one,
    expect: { status: 'pass', found: 'Calico would take 198.18.0.11 on eth0' },
  },
  {
    name: 'two interfaces warn, and the later one is taken',
    says: two,
    expect: { status: 'warn', found: expect.stringContaining('would take 10.77.0.5 on eth1') },
  },
  {
    name: 'the address of the inventory is named',
    says: two,
    node: { host: '198.18.0.11' },
    expect: {
      status: 'warn',
      found: expect.stringContaining('the inventory says 198.18.0.11 on eth0'),
    },
  },
  {
    name: 'a pasted list tells as much',
    says: { 'ip-addr': pasted(recorded('two-ip-addr')) },
    expect: { status: 'warn' },
  },
  {
    name: 'without an address of IPv6 calico-node does not start for IPv6',
    says: one,
    intent: { ipFamilies: ['ipv6'] },
    expect: {
      status: 'fail',
      found:
        'no interface that Calico looks at has an IPv6 address that it takes: calico-node would not start',
    },
  },
  {
    name: 'nor for both families, and the other one is told too',
    says: one,
    intent: { ipFamilies: ['ipv4', 'ipv6'] },
    expect: {
      status: 'fail',
      found: expect.stringMatching(/^Calico would take 198\.18\.0\.11 on eth0; no interface/),
    },
  },
  {
    name: 'nor with the loopback alone',
    says: { 'ip-addr': recorded('loopback-ip-addr') },
    expect: { status: 'fail', found: expect.stringContaining('IPv4 address that it takes') },
  },
  {
    name: 'nor with an address on an interface whose name is left out, which is said',
    says: node('left-out'),
    expect: {
      status: 'fail',
      found: expect.stringContaining(
        'but the default route says 198.18.0.11 on br-ex: calico-node would not start',
      ),
    },
  },
  {
    name: 'an address that is left out by name is missed, though another would be taken',
    says: node('storage'),
    expect: {
      status: 'warn',
      found: 'Calico would take 10.77.0.5 on eth1, but the default route says 198.18.0.11 on br-ex',
    },
  },
  {
    name: 'of two networks of one interface the inventory says which',
    says: { 'ip-addr': recorded('two-networks-ip-addr') },
    node: { host: '198.18.0.11' },
    expect: { status: 'warn', found: expect.stringContaining('the inventory says 198.18.0.11') },
  },
  {
    name: 'a second address of the same network is as good as the first',
    says: { 'ip-addr': recorded('shared-address-ip-addr') },
    node: { host: '198.18.0.250' },
    expect: { status: 'pass' },
  },
  {
    name: 'a list of IPv4 alone says nothing of IPv6',
    says: { 'ip-addr': pasted(recorded('ipv4-list-ip-addr').replace('br-ex', 'eth0')) },
    intent: { ipFamilies: ['ipv6'] },
    expect: { status: 'unknown', reason: expect.stringContaining('IPv4 alone') },
  },
  {
    name: 'a list of IPv6 alone says nothing of IPv4',
    says: { 'ip-addr': pasted(recorded('ipv6-list-ip-addr')) },
    expect: { status: 'unknown', reason: expect.stringContaining('IPv6 alone') },
  },
  {
    name: 'with another network nothing is detected',
    says: { 'ip-addr': recorded('loopback-ip-addr') },
    intent: { network: 'flannel' },
    expect: { status: 'not-applicable' },
  },
  {
    name: 'IPv6 switched off at boot is said',
    // Composed: the recorded text without its lines of IPv6.
    says: {
      'ip-addr': recorded('one-ip-addr')
        .split('\n')
        .filter((line) => !line.includes('inet6'))
        .join('\n'),
    },
    intent: { ipFamilies: ['ipv4', 'ipv6'] },
    expect: { status: 'fail', found: expect.stringContaining('IPv6 is switched off') },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
  {
    name: 'routes alone are unknown',
    says: { 'ip-route': recorded('one-ip-route') },
    expect: { status: 'unknown' },
  },
  { name: 'garbage is unknown', says: { 'ip-addr': 'x' }, expect: { status: 'unknown' } },
]);

test('the setting names the network of the right address', () => {
  expect(judged(autodetection, two, {}, { host: '198.18.0.11' }).settings).toMatchObject([
    {
      installation: 'spec.calicoNetwork.nodeAddressAutodetectionV4.cidrs',
      manifest: 'IP_AUTODETECTION_METHOD',
      value: ['198.18.0.0/24'],
    },
  ]);
  expect(judged(autodetection, one).settings).toEqual([]);
});

test('the setting reaches an address that is left out by name', () => {
  expect(judged(autodetection, node('left-out')).settings).toMatchObject([
    { value: ['198.18.0.0/24'] },
  ]);
});
