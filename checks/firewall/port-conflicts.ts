import {
  defineCheck,
  fail,
  pass,
  unknown,
  type NodeContext,
  type Verdict,
} from '../../src/domain/check.js';
import { usesVxlan, type Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { ipAddr, type IpAddr } from '../probes/ip-addr.js';
import {
  listeningSockets,
  type ListeningSocket,
  type ListeningSockets,
} from '../probes/listening-sockets.js';
import { holdersOf, isCalico, NAMES_NEED_ROOT } from './holders.js';
import { portsTable } from './texts.js';

type Facts = { readonly sockets: ListeningSockets; readonly addresses?: IpAddr };
type Wanted = {
  readonly what: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** Calico listens on this node's own loopback address only. */
  readonly localOnly: boolean;
  /** The kernel holds it for this device of Calico, so that no process is named. */
  readonly devices: readonly string[];
};

const tcp = (what: string, port: number, localOnly = false): Wanted => ({
  what,
  protocol: 'tcp',
  port,
  localOnly,
  devices: [],
});
const tunnel = (what: string, port: number, devices: readonly string[]): Wanted => ({
  what,
  protocol: 'udp',
  port,
  localOnly: false,
  devices,
});
const when = (needed: boolean, ...wanted: readonly Wanted[]): readonly Wanted[] =>
  needed ? wanted : [];

/** What Calico itself listens on for this intent (defaults of felix/config and typha/pkg/config); TCP 179 is apart. */
export function portsOf(intent: Intent): readonly Wanted[] {
  const { wireguard } = intent;
  return [
    tcp('the health of Felix', 9099, true),
    ...when(intent.typha, tcp('Typha', intent.typhaPort), tcp('the health of Typha', 9098, true)),
    ...when(
      usesVxlan(intent),
      tunnel('VXLAN', intent.vxlanPort, ['vxlan.calico', 'vxlan-v6.calico', 'flannel.1']),
    ),
    ...when(
      wireguard === 'ipv4' || wireguard === 'both',
      tunnel('WireGuard', 51820, ['wireguard.cali']),
    ),
    ...when(
      wireguard === 'ipv6' || wireguard === 'both',
      tunnel('WireGuard over IPv6', 51821, ['wg-v6.cali']),
    ),
    ...when(
      intent.dataplane === 'ebpf' && ['3.31', '3.32'].includes(intent.calico),
      tcp('the kube-proxy health of eBPF', 10256),
    ),
  ];
}

const LOCAL = [
  '127.0.0.1',
  '0.0.0.0',
  '*',
  '::',
  '::1',
  '[::]',
  '[::1]',
  '0100007F',
  '00000000',
  '0'.repeat(32),
];
const inWords = ({ what, protocol, port }: Wanted): string =>
  `${what} (${String(port)}/${protocol})`;

const inTheWay = (wanted: Wanted, facts: Facts): readonly ListeningSocket[] =>
  holdersOf(facts.sockets, wanted.protocol, wanted.port).filter(
    ({ address, processes }) =>
      (!wanted.localOnly || LOCAL.includes(address)) &&
      (processes.length === 0 || !processes.every(isCalico)),
  );

type Conflict = { readonly words: string; readonly certain: boolean };

function conflictOf(wanted: Wanted, facts: Facts): Conflict | null {
  const [socket] = inTheWay(wanted, facts);
  if (socket === undefined) return null;
  const { processes } = socket;
  if (processes.length > 0)
    return { words: `${inWords(wanted)}: ${processes.join(', ')}`, certain: true };
  const own = facts.addresses?.devices.some((device) => wanted.devices.includes(device));
  if (own === true) return null;
  // With names at hand, a socket without one is the kernel's: a tunnel, which is not that of Calico.
  const foreign = facts.sockets.named && wanted.devices.length > 0 && own === false;
  return {
    words: `${inWords(wanted)}: ${foreign ? 'a tunnel of the kernel that is not of Calico' : 'its holder cannot be seen'}`,
    certain: foreign,
  };
}

function judge(facts: Facts, { intent }: NodeContext): Verdict {
  const wanted = portsOf(intent);
  const conflicts = wanted.map((one) => conflictOf(one, facts)).filter((one) => one !== null);
  const certain = conflicts.filter((one) => one.certain);
  if (certain.length > 0) {
    return fail(
      `taken by others: ${certain.map(({ words }) => words).join('; ')}`,
      `${wanted.map(inWords).join(', ')} are free or held by Calico`,
    );
  }
  const [open] = conflicts;
  return open === undefined
    ? pass(`free or held by Calico: ${wanted.map(inWords).join(', ')}`)
    : unknown(reason('denied', open.words), NAMES_NEED_ROOT);
}

export const portConflicts = defineCheck({
  id: 'firewall/port-conflicts',
  title: 'The ports that Calico listens on are free',
  why: 'calico-node and Typha run in the network of the host. Where another program has their port, Typha does not start, Felix is restarted for want of a health answer, and a tunnel device cannot be made.',
  sources: [
    portsTable('VXLAN needs UDP 4789, Typha TCP 5473, WireGuard UDP 51820 and 51821 on the hosts.'),
    {
      page: 'felix/config/config_params.go',
      url: 'https://github.com/projectcalico/calico/blob/master/felix/config/config_params.go',
      date: '2026-08-22',
      says: 'Felix answers for its health on port 9099 of localhost, Typha on 9098.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: (intent) =>
    `Held by a process that is not of Calico, or by a tunnel of the kernel without a device of Calico, is a warning: ${portsOf(intent).map(inWords).join(', ')}. TCP 179 is judged by firewall/bgp-port-owner. Every one of these ports can be moved in Calico's configuration, so it is no failure.`,
  needs: { sockets: listeningSockets },
  witnesses: { addresses: ipAddr },
  breaks: ['Typha, the health of Felix, or the tunnel whose port is taken'],
  judge,
});
