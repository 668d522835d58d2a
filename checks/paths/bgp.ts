import { defineClusterCheck } from '../../src/domain/check.js';
import { pathRule, portsRow, UNTESTED } from './path-text.js';

export const bgp = defineClusterCheck({
  ...UNTESTED,
  id: 'paths/bgp',
  title: 'Every node reaches every other on TCP 179',
  why: 'BIRD keeps a BGP session with each of its peers on TCP 179, in the full mesh with every other node. Without a session the nodes do not learn the routes to the pods of the other side.',
  sources: portsRow(
    'Calico networking with BGP needs TCP 179 between all hosts, in both directions.',
  ),
  skip: ({ bgp, network }) =>
    bgp && network === 'calico' ? null : 'this intent does not use BGP of Calico',
  rule: () =>
    pathRule(
      'Every node to every other on TCP 179; BGPConfiguration can move the port and name other peers.',
      false,
    ),
  breaks: ['BGP, and routes to pods on other nodes'],
  alternatives: () => ['encapsulation: vxlan with bgp: false'],
});
