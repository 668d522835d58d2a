import type { Intent } from '../../src/domain/intent.js';
import { needsOf, type Need } from './needs.js';

/**
 * What Felix keeps open on every host endpoint whatever the policies say: TCP, inbound. A moved SSH port is not among
 * them (felix/config/config_params.go, FailsafeInboundHostPorts).
 */
export const FAILSAFE_TCP: readonly number[] = [22, 179, 2379, 2380, 5473, 6443, 6666, 6667];

const LABEL = "calico-ready == 'guarded'";
const KUBELET: Need = { what: 'the kubelet', port: 10250, protocol: 'tcp' };

/** A rule in YAML's flow form, one line each, so that the text stays short. */
function allow({ what, port, protocol }: Need): string {
  const to =
    protocol === 'ip'
      ? `protocol: ${String(port)}`
      : `protocol: ${protocol.toUpperCase()}, destination: {ports: [${String(port)}]}`;
  return `    - {action: Allow, ${to}} # ${what}`;
}

/** Everything that any role of a node needs, without naming a port twice. */
export function admittedBy(intent: Intent): readonly Need[] {
  const all = [...needsOf(intent, ['control-plane', 'etcd', 'worker']), KUBELET];
  const key = ({ port, protocol }: Need): string => `${String(port)}/${protocol}`;
  return [...new Map(all.map((wanted) => [key(wanted), wanted])).values()];
}

/**
 * A firewall made of Calico itself, as YAML for `calicoctl apply -f -` once Calico runs: one HostEndpoint to be repeated
 * for every node, and the policy that admits what this intent needs (row B7). Pure.
 */
export function hostEndpointPolicy(intent: Intent): string {
  const pods = intent.podCIDRs.map((cidr) => JSON.stringify(cidr)).join(', ');
  return [
    `# Felix leaves TCP ${FAILSAFE_TCP.join(', ')} and UDP 68 open besides; an SSH port other than 22 must be added here.`,
    'apiVersion: projectcalico.org/v3',
    'kind: GlobalNetworkPolicy',
    'metadata: {name: calico-ready-nodes}',
    'spec:',
    `  selector: ${LABEL}`,
    '  order: 10',
    '  types: [Ingress]',
    '  ingress:',
    '    - {action: Allow, protocol: TCP, destination: {ports: [22]}} # SSH',
    '    - {action: Allow, protocol: ICMP}',
    ...(intent.ipFamilies.includes('ipv6') ? ['    - {action: Allow, protocol: ICMPv6}'] : []),
    ...admittedBy(intent).map(allow),
    ...(pods === ''
      ? []
      : [`    - {action: Allow, source: {nets: [${pods}]}} # pods to their node`]),
    '---',
    'apiVersion: projectcalico.org/v3',
    'kind: HostEndpoint',
    'metadata: {name: NODE-all, labels: {calico-ready: guarded}}',
    "spec: {node: NODE, interfaceName: '*'} # one for each node, by its name in kubectl get nodes",
    '',
  ].join('\n');
}

/** What the fixes of all firewall checks add for those who need a firewall. */
export const withHostPolicy = (intent: Intent): string =>
  `A firewall that is needed is better made of Calico itself. Once Calico runs, apply this with calicoctl apply -f -, the policy first:\n${hostEndpointPolicy(intent)}`;
