import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { admitsCalico } from '../../../checks/firewall/admits-calico.js';
import { bgpPortOwner } from '../../../checks/firewall/bgp-port-owner.js';
import { dockerForwardPolicy } from '../../../checks/firewall/docker-forward-policy.js';
import { portConflicts } from '../../../checks/firewall/port-conflicts.js';
import { pasted, testCheck } from '../../helpers/check-tester.js';

const text = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const has = (part: string): unknown => expect.stringContaining(part);
const clean = text('clean-listening');

testCheck(dockerForwardPolicy, [
  {
    name: 'DROP with chains of Docker is a warning',
    says: { 'iptables-save': text('docker-iptables') },
    expect: { status: 'warn', found: has('Docker is there') },
    fixes: ['accept'],
  },
  {
    name: 'nft alone shows it too',
    says: { 'nft-list-ruleset': text('nft-live') },
    expect: { status: 'warn', found: has('Docker is there') },
  },
  {
    name: 'DROP of ufw is named',
    says: { 'iptables-save': text('ufw-on-iptables') },
    expect: { status: 'warn', found: has('ufw is there') },
  },
  {
    name: 'ACCEPT in both variants passes',
    says: { 'iptables-save': text('clean-iptables'), 'nft-list-ruleset': text('clean-ruleset') },
    expect: { status: 'pass' },
  },
  {
    name: 'one variant alone does not pass',
    says: { 'nft-list-ruleset': text('clean-ruleset') },
    expect: { status: 'unknown' },
  },
  {
    name: 'a pasted list of one variant does not pass',
    says: {
      'iptables-save': pasted(text('clean-iptables').split('# calico-ready: legacy')[0] ?? ''),
    },
    expect: { status: 'unknown' },
  },
]);

testCheck(bgpPortOwner, [
  {
    name: 'another daemon on 179 is a warning',
    says: { 'listening-sockets': text('ports-listening') },
    expect: { status: 'warn', found: 'TCP 179 is held by bgpd' },
    fixes: ['stop'],
  },
  {
    name: 'the BIRD of Calico passes',
    says: {
      'listening-sockets': text('ports-calico-listening'),
      'systemd-units': text('clean-units'),
    },
    expect: { status: 'pass' },
  },
  {
    // Composed by hand: the blocks of bird.service and of frr.service on the lab node, exchanged.
    name: 'the BIRD of the host is a warning',
    says: {
      'listening-sockets': text('ports-calico-listening'),
      'systemd-units': text('services-units').replaceAll(
        /\b(frr|bird)\.service/g,
        (_, name: string) => (name === 'frr' ? 'bird.service' : 'frr.service'),
      ),
    },
    expect: { status: 'warn', found: has('bird.service') },
  },
  {
    name: 'free passes',
    says: { 'listening-sockets': clean, 'systemd-units': text('services-units') },
    expect: { status: 'pass' },
  },
  {
    name: 'a holder without a name is unknown',
    says: { 'listening-sockets': text('ports-unnamed') },
    expect: { status: 'unknown', reason: has('denied: ') },
  },
  {
    name: 'units alone are unknown',
    says: { 'systemd-units': text('clean-units') },
    expect: { status: 'unknown' },
  },
  {
    name: 'without BGP it does not apply',
    says: { 'listening-sockets': text('ports-listening') },
    intent: { bgp: false },
    expect: { status: 'not-applicable' },
  },
]);

testCheck(portConflicts, [
  {
    name: 'ports that others took are a warning',
    says: { 'listening-sockets': text('ports-listening'), 'ip-addr': text('services-ip-addr') },
    intent: { wireguard: 'ipv4' },
    expect: {
      status: 'warn',
      found:
        'taken by others: the health of Felix (9099/tcp): myapp; Typha (5473/tcp): myapp; WireGuard (51820/udp): myapp',
    },
  },
  {
    name: 'what the intent does not use is nobody’s concern',
    says: { 'listening-sockets': text('ports-listening'), 'ip-addr': text('services-ip-addr') },
    intent: { typha: false },
    expect: { status: 'warn', found: 'taken by others: the health of Felix (9099/tcp): myapp' },
  },
  {
    name: 'ports of Calico itself pass',
    says: {
      'listening-sockets': text('ports-calico-listening'),
      'ip-addr': text('services-ip-addr'),
    },
    expect: { status: 'pass' },
  },
  {
    name: 'free ports pass',
    says: { 'listening-sockets': clean, 'ip-addr': text('services-ip-addr') },
    intent: { encapsulation: 'vxlan', wireguard: 'both' },
    expect: { status: 'pass' },
  },
  {
    name: 'a tunnel of the kernel that is not of Calico is a warning',
    says: { 'listening-sockets': text('services-listening'), 'ip-addr': text('services-ip-addr') },
    intent: { encapsulation: 'vxlan' },
    expect: { status: 'warn', found: has('VXLAN (4789/udp): a tunnel of the kernel') },
  },
  {
    // Composed by hand: the lab's device under the name that Calico gives it.
    name: 'the tunnel of Calico passes',
    says: {
      'listening-sockets': text('services-listening'),
      'ip-addr': text('services-ip-addr').replaceAll('vx0', 'vxlan.calico'),
    },
    intent: { encapsulation: 'vxlan' },
    expect: { status: 'pass' },
  },
  {
    name: 'holders without names are unknown',
    says: { 'listening-sockets': text('ports-unnamed'), 'ip-addr': text('services-ip-addr') },
    expect: { status: 'unknown', reason: has('denied: ') },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);

testCheck(admitsCalico, [
  {
    name: 'unknown until the paths are tested',
    says: {},
    expect: { status: 'unknown', reason: has('not-run: '), toKnow: has('sends no test traffic') },
  },
]);
