import type { Intent } from '../../src/domain/intent.js';
import { feature, type KernelFeature } from './kernel-feature.js';
import { isAtLeast } from './releases.js';

type Release = Intent['calico'];

const xt = (name: string, module: string, symbol: string): KernelFeature =>
  feature(`the match ${name}`, module, symbol, { match: name });

// xt_tcpudp is built whenever x_tables is; from 6.4 it also holds icmp and icmpv6, which ip_tables and ip6_tables held
// before. NETFILTER_XTABLES decides of all of them, except that the older kernels need the table modules too.
const icmp = (name: string, base: string, symbol: string): KernelFeature => ({
  name: `the match ${name}`,
  modules: ['xt_tcpudp', base],
  symbols: [symbol, 'NETFILTER_XTABLES'],
  shared: true,
  ...(name === 'icmp' ? { match: 'icmp' } : {}),
});

export const XT_SET = feature('the match set', 'xt_set', 'NETFILTER_XT_SET', { match: 'set' });
const MARK: KernelFeature = {
  name: 'the match mark',
  modules: ['xt_mark'],
  symbols: ['NETFILTER_XT_MARK', 'NETFILTER_XT_MATCH_MARK'],
  match: 'mark',
  // The old symbol is a hidden one that stays =m or =y beside the new one.
  shared: true,
};
const tcpudp = (name: string): KernelFeature =>
  feature(`the match ${name}`, 'xt_tcpudp', 'NETFILTER_XTABLES', { match: name, shared: true });

/** The matches that every cluster under the iptables and eBPF data planes needs. */
const COMMON_MATCHES: readonly KernelFeature[] = [
  XT_SET,
  xt('addrtype', 'xt_addrtype', 'NETFILTER_XT_MATCH_ADDRTYPE'),
  xt('comment', 'xt_comment', 'NETFILTER_XT_MATCH_COMMENT'),
  xt('conntrack', 'xt_conntrack', 'NETFILTER_XT_MATCH_CONNTRACK'),
  tcpudp('tcp'),
  tcpudp('udp'),
  MARK,
  xt('multiport', 'xt_multiport', 'NETFILTER_XT_MATCH_MULTIPORT'),
];
const MATCHES_IPV4: readonly KernelFeature[] = [
  xt('rpfilter', 'ipt_rpfilter', 'IP_NF_MATCH_RPFILTER'),
  icmp('icmp', 'ip_tables', 'IP_NF_IPTABLES'),
];
const MATCHES_IPV6: readonly KernelFeature[] = [
  feature('the match rpfilter for IPv6', 'ip6t_rpfilter', 'IP6_NF_MATCH_RPFILTER'),
  icmp('icmpv6', 'ip6_tables', 'IP6_NF_IPTABLES'),
];
export const XT_IPVS = xt('ipvs', 'xt_ipvs', 'NETFILTER_XT_MATCH_IPVS');
export const XT_SCTP = xt('sctp', 'xt_sctp', 'NETFILTER_XT_MATCH_SCTP');

const NFT_FIB = feature('nft_fib (rpfilter, addrtype)', 'nft_fib', 'NFT_FIB');
const NFT_CT = feature('nft_ct (conntrack, notrack)', 'nft_ct', 'NFT_CT');

type Families = Pick<Intent, 'ipFamilies'>;
const byFamily = <T>({ ipFamilies }: Families, ipv4: readonly T[], ipv6: readonly T[]) => [
  ...(ipFamilies.includes('ipv4') ? ipv4 : []),
  ...(ipFamilies.includes('ipv6') ? ipv6 : []),
];

/**
 * What answers for the page's matches: modules of x_tables, or nf_tables' own expressions (felix/nftables,
 * match_builder.go; ports, marks, comments and sets are parts of nf_tables itself, and there is none for ipvs).
 */
export function matchesFor(intent: Intent): readonly KernelFeature[] {
  if (intent.dataplane === 'nftables') {
    const ipv4 = feature('nft_fib_ipv4 (rpfilter, addrtype)', 'nft_fib_ipv4', 'NFT_FIB_IPV4');
    const ipv6 = feature('nft_fib_ipv6 (rpfilter, addrtype)', 'nft_fib_ipv6', 'NFT_FIB_IPV6');
    return [NFT_CT, NFT_FIB, ...byFamily(intent, [ipv4], [ipv6])];
  }
  return [
    ...COMMON_MATCHES,
    ...byFamily(intent, MATCHES_IPV4, MATCHES_IPV6),
    ...(intent.kubeProxy === 'ipvs' ? [XT_IPVS] : []),
    ...(intent.sctp ? [XT_SCTP] : []),
  ];
}

const target = (
  name: string,
  module: string,
  symbol: string,
  more: Partial<KernelFeature> = {},
): KernelFeature => feature(`the target ${name}`, module, symbol, { target: name, ...more });

/** ACCEPT and DROP are verdicts of the core; these two have modules. */
export function actionsFor(intent: Intent): readonly KernelFeature[] {
  if (intent.dataplane === 'nftables') {
    return [
      feature('nft_reject', 'nft_reject', 'NFT_REJECT'),
      ...byFamily(
        intent,
        [feature('nft_reject_ipv4', 'nft_reject_ipv4', 'NFT_REJECT_IPV4')],
        [feature('nft_reject_ipv6', 'nft_reject_ipv6', 'NFT_REJECT_IPV6')],
      ),
      feature('nft_log', 'nft_log', 'NFT_LOG'),
    ];
  }
  return [
    ...byFamily(
      intent,
      [target('REJECT', 'ipt_REJECT', 'IP_NF_TARGET_REJECT')],
      [feature('the target REJECT for IPv6', 'ip6t_REJECT', 'IP6_NF_TARGET_REJECT')],
    ),
    target('LOG', 'xt_LOG', 'NETFILTER_XT_TARGET_LOG'),
  ];
}

/** Something that Felix writes though no page names it, from this release on. */
type Emitted = KernelFeature & { readonly from?: Release };

// Kernels before 5.2 had a masquerade for each family; their symbol remains beside the new one.
const MASQUERADE: KernelFeature = {
  name: 'the target MASQUERADE',
  modules: ['xt_MASQUERADE', 'ipt_MASQUERADE'],
  symbols: ['NETFILTER_XT_TARGET_MASQUERADE', 'IP_NF_TARGET_MASQUERADE'],
  target: 'MASQUERADE',
  shared: true,
};
const CONNMARK: KernelFeature = {
  name: 'the match and target CONNMARK',
  modules: ['xt_connmark'],
  symbols: ['NETFILTER_XT_CONNMARK', 'NETFILTER_XT_TARGET_CONNMARK'],
  target: 'CONNMARK',
  shared: true,
};
const EMITTED: readonly Emitted[] = [
  MASQUERADE,
  target('SNAT and DNAT', 'xt_nat', 'NETFILTER_XT_NAT', { target: 'DNAT' }),
  target('CT (NOTRACK)', 'xt_CT', 'NETFILTER_XT_TARGET_CT', { target: 'CT' }),
  CONNMARK,
  xt('limit', 'xt_limit', 'NETFILTER_XT_MATCH_LIMIT'),
  { ...target('NFLOG', 'xt_NFLOG', 'NETFILTER_XT_TARGET_NFLOG'), from: '3.30' },
  { ...xt('connlimit', 'xt_connlimit', 'NETFILTER_XT_MATCH_CONNLIMIT'), from: '3.30' },
  { ...target('DSCP', 'xt_DSCP', 'NETFILTER_XT_TARGET_DSCP'), from: '3.31' },
];
const EMITTED_NFT: readonly Emitted[] = [
  feature('nft_masq', 'nft_masq', 'NFT_MASQ'),
  feature('nft_nat', 'nft_nat', 'NFT_NAT'),
  feature('nft_limit', 'nft_limit', 'NFT_LIMIT'),
  { ...feature('nft_connlimit', 'nft_connlimit', 'NFT_CONNLIMIT'), from: '3.30' },
];

/** What Felix of this release also writes (felix/rules, felix/generictables; the release notes of 3.30 and 3.31). */
export const emittedFor = ({ dataplane, calico }: Intent): readonly KernelFeature[] =>
  (dataplane === 'nftables' ? EMITTED_NFT : EMITTED).filter(
    ({ from }) => from === undefined || isAtLeast(calico, from),
  );

const EVERYTHING = {
  ipFamilies: ['ipv4', 'ipv6'],
  kubeProxy: 'ipvs',
  sctp: true,
  calico: '3.32',
} as const;

/** All of the above, for the probes. */
export const allNetfilter = (intent: Intent): readonly KernelFeature[] =>
  (['iptables', 'nftables'] as const).flatMap((dataplane) => {
    const widest: Intent = { ...intent, ...EVERYTHING, dataplane };
    return [...matchesFor(widest), ...actionsFor(widest), ...emittedFor(widest)];
  });
