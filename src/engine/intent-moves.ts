import { RELEASES, type Intent } from '../domain/intent.js';

export type IntentKey = keyof Intent;
export type Changes = Partial<Intent>;

/** An intent near another one. */
export type Candidate = {
  readonly intent: Intent;
  readonly changes: Changes;
  readonly keys: readonly IntentKey[];
};

const TUNNELS: Readonly<Record<Intent['encapsulation'], readonly Intent['encapsulation'][]>> = {
  ipip: ['vxlan', 'vxlan-cross-subnet', 'none'],
  'ipip-cross-subnet': ['vxlan-cross-subnet', 'vxlan', 'none'],
  vxlan: ['ipip', 'ipip-cross-subnet', 'none'],
  'vxlan-cross-subnet': ['ipip-cross-subnet', 'ipip', 'none'],
  none: ['vxlan-cross-subnet', 'vxlan', 'ipip-cross-subnet', 'ipip'],
};
/** Private ranges that few networks use for their hosts; offered in place of a single IPv4 pool. */
const POOLS = ['10.244.0.0/16', '172.20.0.0/16', '192.168.0.0/16', '100.64.0.0/16'];

const minorOf = (version: string): number => Number.parseInt(version.split('.')[1] ?? '', 10);
const isPage = (release: Intent['calico']): boolean =>
  release === '3.0' || release === '3.29-page-B';
const others = <T>(values: readonly T[], value: T): readonly T[] =>
  values.filter((one) => one !== value);

/** Releases, the nearest first; a page as written is judged as that page and leads nowhere. */
function releases({ calico }: Intent): readonly Intent['calico'][] {
  if (isPage(calico)) return [];
  const away = (other: Intent['calico']): number => Math.abs(minorOf(other) - minorOf(calico));
  return others(RELEASES, calico)
    .filter((release) => !isPage(release))
    .toSorted((a, b) => away(a) - away(b) || minorOf(b) - minorOf(a));
}

const pools = ({ podCIDRs, ipFamilies }: Intent): readonly string[] =>
  podCIDRs.length === 1 && ipFamilies.join() === 'ipv4'
    ? POOLS.filter((pool) => pool !== podCIDRs[0])
    : [];

/** Changes of one key, those that cost the operator least first. */
function moves(intent: Intent): readonly Changes[] {
  const calicos = intent.network === 'calico';
  return [
    ...(calicos ? TUNNELS[intent.encapsulation].map((encapsulation) => ({ encapsulation })) : []),
    ...(calicos ? [{ bgp: !intent.bgp }] : []),
    ...others(['iptables', 'nftables', 'ebpf'] as const, intent.dataplane).map((dataplane) => ({
      dataplane,
    })),
    ...others(['iptables', 'ipvs', 'nftables'] as const, intent.kubeProxy).map((kubeProxy) => ({
      kubeProxy,
    })),
    ...(intent.wireguard === 'none' ? [] : [{ wireguard: 'none' as const }]),
    ...(intent.sctp ? [{ sctp: false }] : []),
    ...pools(intent).map((pool) => ({ podCIDRs: [pool] })),
    ...releases(intent).map((calico) => ({ calico })),
  ];
}

type Rule = (intent: Intent) => boolean;

/**
 * Combinations that Calico refuses: IPIP and unencapsulated pools need BGP (operator, validation of the Installation);
 * IPIP carries IPv4 alone (IPPool); nftables needs kube-proxy in nftables mode and the other way round, and that mode
 * Kubernetes 1.31 (nftables guide); eBPF takes kube-proxy's place and knows neither etcd nor SCTP, nor IPv6 before 3.27
 * (eBPF guide).
 */
const RULES: readonly Rule[] = [
  ({ network, encapsulation, bgp }) =>
    network === 'calico' && !encapsulation.startsWith('vxlan') && !bgp,
  ({ encapsulation, ipFamilies }) =>
    encapsulation.startsWith('ipip') && ipFamilies.includes('ipv6'),
  ({ dataplane, calico }) => dataplane === 'nftables' && minorOf(calico) < 29,
  ({ dataplane, kubeProxy }) => (dataplane === 'nftables') !== (kubeProxy === 'nftables'),
  ({ kubeProxy, kubernetes }) => kubeProxy === 'nftables' && minorOf(kubernetes) < 31,
  ({ dataplane, kubeProxy }) => (dataplane === 'ebpf') !== (kubeProxy === 'none'),
  ({ dataplane, datastore, sctp }) => dataplane === 'ebpf' && (datastore === 'etcd' || sctp),
  ({ dataplane, calico, ipFamilies }) =>
    dataplane === 'ebpf' && ipFamilies.includes('ipv6') && minorOf(calico) < 27,
];

/** The mode of kube-proxy that a data plane needs; iptables lives with ipvs as well. */
const PROXY_FOR = { nftables: 'nftables', ebpf: 'none', iptables: 'iptables' } as const;

/** The data plane or kube-proxy's mode follows the other one, whichever was not changed by itself. */
function proxyCompanion(intent: Intent, changes: Changes): Changes {
  const { dataplane, kubeProxy } = { ...intent, ...changes };
  const fits = dataplane === 'iptables' && kubeProxy === 'ipvs';
  if (fits || kubeProxy === PROXY_FOR[dataplane]) return {};
  if ('dataplane' in changes && !('kubeProxy' in changes))
    return { kubeProxy: PROXY_FOR[dataplane] };
  if (!('kubeProxy' in changes) || 'dataplane' in changes) return {};
  return { dataplane: kubeProxy === 'nftables' ? 'nftables' : 'iptables' };
}

/** What has to change with it, so that the combination is one that Calico takes. */
function companions(intent: Intent, changes: Changes): Changes {
  const { encapsulation } = { ...intent, ...changes };
  const needsBgp = 'encapsulation' in changes && !encapsulation.startsWith('vxlan');
  const bgp = needsBgp && !('bgp' in changes) && !intent.bgp;
  return { ...(bgp ? { bgp: true } : {}), ...proxyCompanion(intent, changes) };
}

/** The intent with these changes and what has to follow them; null when Calico takes no such combination. */
export function candidateOf(intent: Intent, wanted: Changes): Candidate | null {
  const changes = { ...wanted, ...companions(intent, wanted) };
  const changed: Intent = { ...intent, ...changes };
  // What was odd before is not the change's fault.
  if (RULES.some((broken) => broken(changed) && !broken(intent))) return null;
  return { intent: changed, changes, keys: Object.keys(changes) as IntentKey[] };
}

const valid = (intent: Intent, changes: readonly Changes[]): readonly Candidate[] =>
  changes.flatMap((one) => candidateOf(intent, one) ?? []);

/** The nearest intents: one thing changed, and what has to follow it. */
export const singleMoves = (intent: Intent): readonly Candidate[] => valid(intent, moves(intent));

/** Both changes at once; null when they contradict each other or Calico takes no such combination. */
export function both(intent: Intent, one: Candidate, other: Candidate): Candidate | null {
  const same = (key: IntentKey): boolean =>
    JSON.stringify(one.changes[key]) === JSON.stringify(other.changes[key]);
  if (one.keys.some((key) => other.keys.includes(key) && !same(key))) return null;
  return candidateOf(intent, { ...one.changes, ...other.changes });
}

/** A second change on top of one, as the nearest intents of what the first one made. */
export const doubleMoves = (intent: Intent, first: Candidate): readonly Candidate[] =>
  singleMoves(first.intent).flatMap((second) =>
    second.keys.some((key) => first.keys.includes(key)) ? [] : (both(intent, first, second) ?? []),
  );

/** The same text for the same changes, in whichever order they were made. */
export const keyOf = ({ changes }: Candidate): string =>
  JSON.stringify(Object.entries(changes).sort());

const NOTES: Readonly<Record<string, string>> = {
  'encapsulation: none': ' (where the network routes pod addresses)',
  'wireguard: none': ' (pod traffic is not encrypted then)',
  'sctp: false': ' (no pod or service uses SCTP then)',
};

function word(key: IntentKey, value: unknown): string {
  const shown = Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
  return key === 'calico' ? `${key}: "${shown}"` : `${key}: ${shown}`;
}

/** One `key: value` of an intent file for each change. */
export const wordsOf = ({ changes, keys }: Candidate): readonly string[] =>
  keys.map((key) => word(key, changes[key]));

/** The changes as one phrase, with what the operator has to know of them. */
export function phraseOf(candidate: Candidate): string {
  const words = wordsOf(candidate);
  return words.join(', ') + words.map((one) => NOTES[one] ?? '').join('');
}
