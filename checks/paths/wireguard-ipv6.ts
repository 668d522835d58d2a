import { defineClusterCheck } from '../../src/domain/check.js';
import { pathRule, portsRow, UNTESTED } from './path-text.js';

export const wireguardIpv6 = defineClusterCheck({
  ...UNTESTED,
  id: 'paths/wireguard-ipv6',
  title: 'UDP 51821 passes between all nodes',
  why: 'WireGuard over IPv6 carries the traffic between nodes in UDP 51821. Where it is closed, what should be encrypted goes nowhere.',
  sources: portsRow('WireGuard over IPv6 needs UDP 51821 between all hosts, in both directions.'),
  skip: ({ wireguard }) =>
    wireguard === 'ipv6' || wireguard === 'both' ? null : 'this intent does not encrypt IPv6',
  rule: () => pathRule('Every node to every other on UDP 51821.', true),
  breaks: ['WireGuard over IPv6'],
  alternatives: () => ['wireguard: none'],
});
