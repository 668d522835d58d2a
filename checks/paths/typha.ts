import { defineClusterCheck } from '../../src/domain/check.js';
import { pathRule, portsRow, UNTESTED } from './path-text.js';

export const typha = defineClusterCheck({
  ...UNTESTED,
  id: 'paths/typha',
  title: 'Every node reaches the nodes that run Typha',
  why: 'Felix on every node reads the datastore through Typha. A node that cannot reach any Typha learns of no pod, route or policy.',
  sources: portsRow('Typha hosts take TCP 5473 from all nodes.'),
  skip: ({ typha: used }) => (used ? null : 'this intent does not use Typha'),
  rule: ({ typhaPort }) =>
    pathRule(
      `Every node to every node that may run Typha, on TCP ${String(typhaPort)}; without a node of that role any node may.`,
      false,
    ),
  breaks: ['Typha, and with it policy and routes of every node'],
  alternatives: () => ['typha: false with install: manifest'],
});
