import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import { BPF_FEATURES } from './bpf-features.js';
import { feature, part, type KernelFeature } from './kernel-feature.js';
import { allNetfilter, XT_IPVS, XT_SCTP, XT_SET } from './netfilter-features.js';

export { XT_IPVS, XT_SCTP, XT_SET, type KernelFeature };

export const IPIP: KernelFeature = {
  name: 'IPIP',
  modules: ['ipip'],
  symbols: ['NET_IPIP'],
  // The module makes the device tunl0 in every network namespace as soon as it is there.
  signs: ['/sys/class/net/tunl0'],
};

export const VXLAN: KernelFeature = { name: 'VXLAN', modules: ['vxlan'], symbols: ['VXLAN'] };

export const CONNTRACK: KernelFeature = {
  name: 'connection tracking',
  modules: ['nf_conntrack'],
  symbols: ['NF_CONNTRACK'],
  signs: ['/proc/sys/net/netfilter/nf_conntrack_max', '/proc/net/nf_conntrack'],
};

/** Felix deletes the connections of a removed endpoint through it. */
export const CONNTRACK_NETLINK = feature(
  'the netlink interface of connection tracking',
  'nf_conntrack_netlink',
  'NF_CT_NETLINK',
);

/** A module of its own on old kernels, since then a part of nf_conntrack (Felix still asks for the module). */
export const CONNTRACK_SCTP = feature(
  'connection tracking of SCTP',
  'nf_conntrack_proto_sctp',
  'NF_CT_PROTO_SCTP',
  { inside: true, signs: ['/proc/sys/net/netfilter/nf_conntrack_sctp_timeout_closed'] },
);
/** What a pod opens an SCTP socket with. */
export const SCTP_SOCKETS = feature('SCTP sockets', 'sctp', 'IP_SCTP', {
  signs: ['/proc/net/sctp'],
});

export const WIREGUARD = feature('WireGuard', 'wireguard', 'WIREGUARD', { mainline: [5, 6] });

export const IPVS = feature('IPVS', 'ip_vs', 'IP_VS', { signs: ['/proc/net/ip_vs'] });
/** The schedulers that kube-proxy's ipvs mode knows first (round robin is its default). */
export const IPVS_SCHEDULERS: readonly KernelFeature[] = [
  feature('the scheduler rr', 'ip_vs_rr', 'IP_VS_RR'),
  feature('the scheduler wrr', 'ip_vs_wrr', 'IP_VS_WRR'),
  feature('the scheduler sh', 'ip_vs_sh', 'IP_VS_SH'),
];
export const IPVS_NFCT = part('connection tracking within IPVS', 'IP_VS_NFCT');

export const IP_SET: KernelFeature = { name: 'IP sets', modules: ['ip_set'], symbols: ['IP_SET'] };

/** The set types that Felix creates (felix/ipsets, AllIPSetTypes). */
export const SET_TYPES: readonly KernelFeature[] = [
  { name: 'hash:ip', modules: ['ip_set_hash_ip'], symbols: ['IP_SET_HASH_IP'] },
  { name: 'hash:ip,port', modules: ['ip_set_hash_ipport'], symbols: ['IP_SET_HASH_IPPORT'] },
  { name: 'hash:net', modules: ['ip_set_hash_net'], symbols: ['IP_SET_HASH_NET'] },
  { name: 'hash:net,net', modules: ['ip_set_hash_netnet'], symbols: ['IP_SET_HASH_NETNET'] },
  { name: 'bitmap:port', modules: ['ip_set_bitmap_port'], symbols: ['IP_SET_BITMAP_PORT'] },
];

const table = (version: '' | '6', name: string): KernelFeature => ({
  name: `ip${version}table_${name}`,
  modules: [`ip${version}table_${name}`],
  symbols: [`IP${version}_NF_${name.toUpperCase()}`],
  // From 3.7 to 3.16 NF_NAT_IPV4 built the table nat, and later the code that IP_NF_NAT and nf_tables share.
  ...(name === 'nat'
    ? { older: { symbol: `NF_NAT_IPV${version === '6' ? '6' : '4'}`, before: [3, 17] } }
    : {}),
});

// From Linux 6.17 the old tables are offered only with the _LEGACY symbols; before, the symbol without it built them.
const base = (version: '' | '6'): KernelFeature => ({
  name: `ip${version}_tables`,
  modules: [`ip${version}_tables`],
  symbols: [`IP${version}_NF_IPTABLES_LEGACY`, `IP${version}_NF_IPTABLES`],
  signs: [`/proc/net/ip${version}_tables_names`],
});
const TABLES = ['filter', 'nat', 'mangle', 'raw'] as const;

/** The tables that Felix programs, as the legacy variant has them. */
export const LEGACY_IPV4: readonly KernelFeature[] = [
  base(''),
  ...TABLES.map((name) => table('', name)),
];
export const LEGACY_IPV6: readonly KernelFeature[] = [
  base('6'),
  ...TABLES.map((name) => table('6', name)),
];

export const NF_TABLES: KernelFeature = {
  name: 'nf_tables',
  modules: ['nf_tables'],
  symbols: ['NF_TABLES'],
};
/** What lets iptables-nft use the matches and targets of x_tables. */
export const NFT_COMPAT: KernelFeature = {
  name: 'nft_compat',
  modules: ['nft_compat'],
  symbols: ['NFT_COMPAT'],
};
// Modules of their own up to 4.16, since then parts of nf_tables.
export const NFT_IPV4 = part('nf_tables for IPv4', 'NF_TABLES_IPV4');
export const NFT_IPV6 = part('nf_tables for IPv6', 'NF_TABLES_IPV6');
/** One module since 5.1; before, one for each family. */
export const NFT_NAT: KernelFeature = {
  name: 'nft_chain_nat',
  modules: ['nft_chain_nat', 'nft_chain_nat_ipv4'],
  symbols: ['NFT_NAT'],
  shared: true,
};

const ALL: readonly KernelFeature[] = [
  IPIP,
  VXLAN,
  CONNTRACK,
  CONNTRACK_NETLINK,
  CONNTRACK_SCTP,
  SCTP_SOCKETS,
  WIREGUARD,
  IPVS,
  ...IPVS_SCHEDULERS,
  IPVS_NFCT,
  IP_SET,
  ...SET_TYPES,
  ...LEGACY_IPV4,
  ...LEGACY_IPV6,
  NF_TABLES,
  NFT_COMPAT,
  NFT_IPV4,
  NFT_IPV6,
  NFT_NAT,
  ...allNetfilter(DEFAULT_INTENT),
  ...BPF_FEATURES,
];

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

/** Every module that a probe asks for. */
export const MODULES = unique(ALL.flatMap(({ modules }) => modules));
/** Every symbol that a probe keeps of the kernel's configuration. */
export const SYMBOLS = unique(ALL.flatMap(({ symbols }) => symbols));
export const SIGNS = unique(ALL.flatMap(({ signs = [] }) => signs));
