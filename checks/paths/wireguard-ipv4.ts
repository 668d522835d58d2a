import { defineClusterCheck } from '../../src/domain/check.js';
import { pathRule, portsRow, UNTESTED } from './path-text.js';

export const wireguardIpv4 = defineClusterCheck({
  ...UNTESTED,
  id: 'paths/wireguard-ipv4',
  title: 'UDP 51820 passes between all nodes',
  why: 'WireGuard over IPv4 carries the traffic between nodes in UDP 51820. Where it is closed, what should be encrypted goes nowhere.',
  sources: portsRow('WireGuard over IPv4 needs UDP 51820 between all hosts, in both directions.'),
  skip: ({ wireguard }) =>
    wireguard === 'ipv4' || wireguard === 'both' ? null : 'this intent does not encrypt IPv4',
  rule: () => pathRule('Every node to every other on UDP 51820.', true),
  breaks: ['WireGuard over IPv4'],
  alternatives: () => ['wireguard: none'],
});
