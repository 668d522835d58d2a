/**
 * Something the kernel must be able to do, and where it shows. Names of modules and symbols are those of the Linux
 * source (net/netfilter, net/ipv4/netfilter, net/ipv6/netfilter and drivers/net with their Makefile and Kconfig).
 */
export type KernelFeature = {
  readonly name: string;
  /** Any one of them, loaded, built in or installed, shows it. Written with underscores. */
  readonly modules: readonly string[];
  /** Without CONFIG_. The first one that the configuration mentions decides; the last one is the oldest name. */
  readonly symbols: readonly string[];
  /** Files that exist only when the running kernel has it. */
  readonly signs?: readonly string[];
  /** Its name in /proc/net/ip_tables_matches. */
  readonly match?: string;
};

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

export const IP_SET: KernelFeature = { name: 'IP sets', modules: ['ip_set'], symbols: ['IP_SET'] };

export const XT_SET: KernelFeature = {
  name: 'the iptables match and target "set"',
  modules: ['xt_set'],
  symbols: ['NETFILTER_XT_SET'],
  match: 'set',
};

/** The set types that Felix creates (felix/ipsets, AllIPSetTypes). */
export const SET_TYPES: readonly KernelFeature[] = [
  { name: 'hash:ip', modules: ['ip_set_hash_ip'], symbols: ['IP_SET_HASH_IP'] },
  { name: 'hash:ip,port', modules: ['ip_set_hash_ipport'], symbols: ['IP_SET_HASH_IPPORT'] },
  { name: 'hash:net', modules: ['ip_set_hash_net'], symbols: ['IP_SET_HASH_NET'] },
  { name: 'hash:net,net', modules: ['ip_set_hash_netnet'], symbols: ['IP_SET_HASH_NETNET'] },
  { name: 'bitmap:port', modules: ['ip_set_bitmap_port'], symbols: ['IP_SET_BITMAP_PORT'] },
];

/** A part without a module of its own: only the configuration tells. */
const part = (name: string, symbol: string): KernelFeature => ({
  name,
  modules: [],
  symbols: [symbol],
});
const table = (version: '' | '6', name: string): KernelFeature => ({
  name: `ip${version}table_${name}`,
  modules: [`ip${version}table_${name}`],
  symbols: [`IP${version}_NF_${name.toUpperCase()}`],
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
};

const ALL: readonly KernelFeature[] = [
  IPIP,
  VXLAN,
  CONNTRACK,
  IP_SET,
  XT_SET,
  ...SET_TYPES,
  ...LEGACY_IPV4,
  ...LEGACY_IPV6,
  NF_TABLES,
  NFT_COMPAT,
  NFT_IPV4,
  NFT_IPV6,
  NFT_NAT,
  { name: 'WireGuard', modules: ['wireguard'], symbols: ['WIREGUARD'] },
];

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

/** Every module that a probe asks for. */
export const MODULES = unique(ALL.flatMap(({ modules }) => modules));
/** Every symbol that a probe keeps of the kernel's configuration. */
export const SYMBOLS = unique(ALL.flatMap(({ symbols }) => symbols));
export const SIGNS = unique(ALL.flatMap(({ signs = [] }) => signs));
