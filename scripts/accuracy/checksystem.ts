import type { NodeEvidence } from '../../src/domain/evidence.js';

/**
 * What `calicoctl node checksystem` of Calico 3.32 and older would say of the same evidence, written from its
 * behaviour: calicoctl/calicoctl/commands/node/checksystem.go of github.com/projectcalico/calico at
 * 116fbfd3057c5b6584ea6f56ad9d6bfdd3b92586. It looks for a name, first hit wins, in modules.dep, in modules.builtin,
 * anywhere in the text of lsmod, for a symbol in one kernel configuration (never /proc/config.gz), and for a word in
 * /proc/net/ip_tables_matches. It asks nothing of the intent.
 */
const SYMBOL_OF: Readonly<Record<string, string>> = {
  ip_set: 'CONFIG_IP_SET',
  ip6_tables: 'CONFIG_IP6_NF_IPTABLES',
  ip_tables: 'CONFIG_IP_NF_IPTABLES',
  ipt_ipvs: 'CONFIG_NETFILTER_XT_MATCH_IPVS',
  xt_bpf: 'CONFIG_BPF',
  ipt_REJECT: 'CONFIG_NFT_REJECT',
  ipt_rpfilter: 'CONFIG_IP_NF_MATCH_RPFILTER',
  xt_rpfilter: 'CONFIG_IP_NF_MATCH_RPFILTER',
  ipt_set: 'CONFIG_NET_EMATCH_IPSET',
  nf_conntrack_netlink: 'CONFIG_NF_CT_NETLINK',
  xt_addrtype: 'CONFIG_NETFILTER_XT_MATCH_ADDRTYPE',
  xt_conntrack: 'CONFIG_NETFILTER_XT_MATCH_CONNTRACK',
  xt_icmp: 'icmp',
  xt_icmp6: 'icmp',
  xt_mark: 'CONFIG_IP_NF_TARGET_MARK',
  xt_multiport: 'CONFIG_IP_NF_MATCH_MULTIPORT',
  xt_set: 'CONFIG_NETFILTER_XT_SET',
  xt_u32: 'CONFIG_NETFILTER_XT_MATCH_U32',
};

/** Which of its names speak of which of our checks. `vfio-pci` speaks of none: only a user-space data plane uses it. */
const ROWS: Readonly<Record<string, readonly string[]>> = {
  'kernel/iptables-base': ['ip_tables', 'ip6_tables'],
  'kernel/iptables-matches': [
    'xt_rpfilter',
    'ipt_rpfilter',
    'ipt_set',
    'xt_addrtype',
    'xt_conntrack',
    'xt_icmp',
    'xt_icmp6',
    'xt_mark',
    'xt_multiport',
    'xt_u32',
    'xt_bpf',
  ],
  'kernel/iptables-actions': ['ipt_REJECT'],
  'kernel/ipset': ['ip_set', 'xt_set'],
  'kernel/conntrack': ['nf_conntrack_netlink'],
  'kernel/ipvs': ['ipt_ipvs'],
};

export type Answer = 'ok' | 'fail' | 'none';
type Look = 'found' | 'absent' | 'untold';

const decoder = new TextDecoder();
const textOf = ({ evidence }: NodeEvidence, probe: string): string | null => {
  const item = evidence.find((one) => one.probe === probe && one.problem === undefined);
  const text = item === undefined ? '' : decoder.decode(item.stdout);
  return text === '' ? null : text;
};
const FILTERED = '# read from ';

/** The collector keeps only lines that it asked for, so that of others an absence tells nothing; a whole text tells all. */
function wasAsked(text: string, name: string): boolean {
  if (!text.startsWith(FILTERED)) return true;
  const asked = text.split('\n').find((line) => line.startsWith('# asked for '));
  return asked?.split(' ').includes(name) === true;
}

function inIndex(text: string | null, name: string): Look {
  if (text === null) return 'untold';
  if (text.startsWith('# not there')) return 'absent';
  if (text.includes(`/${name}.ko`)) return 'found';
  return wasAsked(text, name) ? 'absent' : 'untold';
}

function inConfig(text: string | null, symbol: string): Look {
  if (symbol === 'icmp') return 'absent';
  if (text === null) return 'untold';
  if (text.startsWith(`${FILTERED}/proc/`)) return 'absent';
  if (text.split('\n').some((line) => line.startsWith(`${symbol}=`))) return 'found';
  return wasAsked(text, symbol.replace('CONFIG_', '')) ? 'absent' : 'untold';
}

function inMatches(text: string | null, word: string): Look {
  if (word !== 'icmp') return 'absent';
  if (text === null) return 'untold';
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^\/proc\/net\/ip_tables_matches:/, ''));
  return lines.includes(word) ? 'found' : 'absent';
}

function look(node: NodeEvidence, name: string): Look {
  const symbol = SYMBOL_OF[name] ?? '';
  const loaded = textOf(node, 'lsmod') ?? textOf(node, 'proc-modules') ?? '';
  const places: readonly Look[] = [
    inIndex(textOf(node, 'modules-dep'), name),
    inIndex(textOf(node, 'modules-builtin'), name),
    // What is loaded is installed too, so a missing list of what is loaded takes nothing from the others.
    loaded.includes(name) ? 'found' : 'absent',
    inConfig(textOf(node, 'boot-config'), symbol),
    inMatches(textOf(node, 'proc-net-tables'), symbol),
  ];
  if (places.includes('found')) return 'found';
  return places.includes('untold') ? 'untold' : 'absent';
}

function version(node: NodeEvidence): Answer {
  const release = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(textOf(node, 'uname-r') ?? '');
  if (release === null) return 'none';
  const [major = 0, minor = 0, patch = 0] = release.slice(1).map((part) => Number(part || 0));
  return major * 1e6 + minor * 1e3 + patch >= 2_006_024 ? 'ok' : 'fail';
}

/** Its answer on what one of our checks asks; `none` where it does not ask, or the evidence does not tell. */
export function checksystem(node: NodeEvidence, check: string): Answer {
  if (check === 'kernel/version') return version(node);
  const names = ROWS[check];
  if (names === undefined) return 'none';
  const looks = names.map((name) => ({ name, look: look(node, name) }));
  // Missing ip6_tables alone is a warning there.
  const missing = looks.filter((one) => one.look === 'absent' && one.name !== 'ip6_tables');
  if (missing.length > 0) return 'fail';
  return looks.some((one) => one.look === 'untold') ? 'none' : 'ok';
}
