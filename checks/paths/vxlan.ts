import { defineClusterCheck } from '../../src/domain/check.js';
import { usesVxlan } from '../../src/domain/intent.js';
import { pathRule, portsRow, UNTESTED } from './path-text.js';

export const vxlan = defineClusterCheck({
  ...UNTESTED,
  id: 'paths/vxlan',
  title: 'The VXLAN port passes between all nodes',
  why: 'With VXLAN the packets between pods travel in UDP; with eBPF, traffic of NodePorts does too, whatever the encapsulation. Where the port is closed, or taken by an overlay of the hypervisor, pods reach only their own node.',
  sources: portsRow('VXLAN needs UDP 4789 between all hosts, in both directions.'),
  skip: (intent) =>
    usesVxlan(intent) && intent.network !== 'flannel'
      ? null
      : 'this intent does not use VXLAN of Calico',
  rule: ({ vxlanPort }) => pathRule(`Every node to every other on UDP ${String(vxlanPort)}.`, true),
  breaks: ['VXLAN encapsulation', 'NodePorts with eBPF'],
  alternatives: () => ['encapsulation: ipip', 'another vxlanPort'],
});
