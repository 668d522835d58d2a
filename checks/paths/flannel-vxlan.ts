import { defineClusterCheck } from '../../src/domain/check.js';
import { pathRule, portsRow, UNTESTED } from './path-text.js';

export const flannelVxlan = defineClusterCheck({
  ...UNTESTED,
  id: 'paths/flannel-vxlan',
  title: 'The VXLAN port of flannel passes between all nodes',
  why: 'Where flannel brings the network and Calico the policy, flannel carries packets between pods in VXLAN. Where its port is closed, pods reach only their own node.',
  sources: portsRow('flannel with VXLAN needs UDP 4789 between all hosts, in both directions.'),
  skip: ({ network }) => (network === 'flannel' ? null : 'this intent does not use flannel'),
  rule: ({ vxlanPort }) => pathRule(`Every node to every other on UDP ${String(vxlanPort)}.`, true),
  disagreement:
    'The page (2024-10-29) and the text of 2025-12-08 name UDP 4789 for flannel. flannel itself takes the default of the kernel, UDP 8472, unless its configuration says otherwise, as the log of the migration in projectcalico/calico issue 6745 shows. vxlanPort of the intent judges; set it to 8472 where flannel is configured so.',
  breaks: ['the network of flannel'],
});
