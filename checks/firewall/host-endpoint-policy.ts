import type { Fix } from '../../src/domain/fix.js';
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

/** What the way `disable` of every firewall check says of the other way. */
export const OR_HANDOVER =
  'A firewall that is needed is better made of Calico itself: the way handover shows the policy.';

/** Behind a command of systemctl, for nodes without systemd. */
export const BY_OPENRC =
  ' (where OpenRC runs: rc-service NAME stop and rc-update del NAME for each)';

/** What every fix that stops a firewall by hand has in common. */
const BY_HAND = {
  kind: 'disruptive',
  commands: [],
  undoCommands: [],
  disturbsNetwork: true,
  needsReboot: false,
  byHandOnly: true,
} as const satisfies Partial<Fix>;

/** The way `disable` of a firewall that is only shown how to be stopped. */
export const disableByHand = (
  fix: Pick<Fix, 'summary' | 'loses' | 'byHand'> & Partial<Pick<Fix, 'commands' | 'undoCommands'>>,
  units: readonly string[],
): Fix => ({
  ...BY_HAND,
  way: 'disable',
  consentWord: 'disable',
  files: [],
  units: stopped(units),
  ...fix,
});

const stopped = (units: readonly string[]): Fix['units'] =>
  units.map((unit) => ({ unit, active: false, enabled: false }));

const POLICY_FILE = '/var/lib/calico-ready/host-endpoint-policy.yaml';

/** The way `handover` of every firewall check: the policy as a file, and the old firewall off. Units that are to stop. */
export const handover = (intent: Intent, firewall: string, units: readonly string[]): Fix => ({
  ...BY_HAND,
  way: 'handover',
  summary: `Hand the firewall over to Calico: a HostEndpoint for each node and a policy, and ${firewall} off.`,
  consentWord: 'handover',
  loses: [
    `Rules of ${firewall} that the policy does not repeat.`,
    'Until the policy is applied every port is open, because Calico comes up only without the old firewall.',
  ],
  files: [{ path: POLICY_FILE, content: hostEndpointPolicy(intent), mode: '0600', expected: null }],
  units: stopped(units),
  byHand: `Turn ${firewall} off, install Calico, put the name of each node in place of NODE, and run calicoctl apply -f ${POLICY_FILE} with its ports and addresses narrowed to those that are yours.`,
});
