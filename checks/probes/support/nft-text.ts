import { ProbeParseError } from '../../../src/domain/errors.js';
import { linesOf } from './text.js';

/** Whose table it is; a table of iptables may be used by several. */
export type NftOwner =
  'firewalld' | 'kube-proxy' | 'calico' | 'docker' | 'libvirt' | 'ufw' | 'iptables';

export type NftChain = {
  readonly name: string;
  /** `input`, `forward`, …; null for a chain that only others jump to. */
  readonly hook: string | null;
  readonly policy: 'accept' | 'drop' | null;
  /** As nft prints it: `filter`, `filter + 10`, `-150`. */
  readonly priority: string | null;
  readonly rules: readonly string[];
};
export type NftTable = {
  readonly family: string;
  readonly name: string;
  readonly chains: readonly NftChain[];
  readonly owners: readonly NftOwner[];
  /** False when the text ended before the table did. */
  readonly complete: boolean;
};
export type NftRuleset = {
  /** False when the kernel's nf_tables is not in use, so that there are no rules. */
  readonly inUse: boolean;
  readonly tables: readonly NftTable[];
};

export const NFT_ASKED = '# calico-ready: nft list ruleset';
export const NFT_NOT_IN_USE = '# calico-ready: nf_tables is not in use';

const TABLE = /^table (inet|ip6?|arp|bridge|netdev) (\S{1,64}) \{(?: #.{0,200})?$/;
const CHAIN = /^chain (\S{1,128}) \{(?: #.{0,200})?$/;
const OTHER =
  /^(?:set|map|flowtable|counter|quota|limit|secmark|synproxy|ct [a-z]{1,16}) \S{1,128} \{/;
const BASE =
  /^type [a-z]{1,10} hook ([a-z]{1,15})(?: devices? .{1,200})? priority ([^;]{1,40});(?: policy (accept|drop);)?/;

type DraftChain = {
  name: string;
  hook: string | null;
  policy: 'accept' | 'drop' | null;
  priority: string | null;
  rules: string[];
};
type DraftTable = { family: string; name: string; chains: DraftChain[]; complete: boolean };
type Reading = {
  tables: DraftTable[];
  table: DraftTable | null;
  chain: DraftChain | null;
  /** Inside a set, map or another object of the table. */
  skipping: boolean;
};

function readChainLine(chain: DraftChain, line: string): void {
  // A chain's own comment stands in front of its hook; a rule's stands behind the rule.
  if (line.startsWith('comment "')) return;
  const base = chain.rules.length === 0 ? BASE.exec(line) : null;
  if (base === null) {
    chain.rules.push(line.slice(0, 4000));
    return;
  }
  chain.hook = base[1] ?? null;
  chain.priority = base[2] ?? null;
  chain.policy = (base[3] as 'accept' | 'drop' | undefined) ?? 'accept';
}

function closeBrace(reading: Reading): void {
  if (reading.skipping) reading.skipping = false;
  else if (reading.chain !== null) reading.chain = null;
  else if (reading.table !== null) {
    reading.table.complete = true;
    reading.table = null;
  }
}

function openChain(reading: Reading, name: string): void {
  reading.chain = { name, hook: null, policy: null, priority: null, rules: [] };
  reading.table?.chains.push(reading.chain);
}

function readLine(reading: Reading, line: string): void {
  const table = TABLE.exec(line);
  const chain = CHAIN.exec(line)?.[1];
  if (line === '}') closeBrace(reading);
  else if (table !== null) {
    const [, family = '', name = ''] = table;
    reading.table = { family, name, chains: [], complete: false };
    reading.tables.push(reading.table);
    reading.chain = null;
    reading.skipping = false;
  } else if (reading.table === null || reading.skipping) return;
  else if (reading.chain !== null) readChainLine(reading.chain, line);
  else if (chain !== undefined) openChain(reading, chain);
  else reading.skipping = OTHER.test(line);
}

const BY_PREFIX: readonly (readonly [NftOwner, RegExp])[] = [
  ['kube-proxy', /\bKUBE-[A-Z]/],
  ['calico', /\bcali-[A-Za-z]/],
  ['docker', /\bDOCKER\b/],
  ['libvirt', /\bLIBVIRT_/],
  ['ufw', /\bufw6?-/],
];

function ownersOf({ family, name, chains }: DraftTable): readonly NftOwner[] {
  if (name === 'firewalld' || name === 'kube-proxy' || name === 'calico') return [name];
  if (name === 'libvirt_network') return ['libvirt'];
  if (name === 'docker-bridges') return ['docker'];
  const words = chains.flatMap((chain) => [chain.name, ...chain.rules]);
  const users = BY_PREFIX.filter(([, prefix]) => words.some((word) => prefix.test(word)));
  const isIptables =
    /^ip6?$/.test(family) &&
    chains.some((chain) => /^(?:INPUT|FORWARD|OUTPUT|P[A-Z]{2,4}ROUTING)$/.test(chain.name));
  return [...(isIptables ? (['iptables'] as const) : []), ...users.map(([owner]) => owner)];
}

/** The output of `nft list ruleset`. Throws ProbeParseError when it is none. */
export function parseRuleset(text: string, exit: number | null): NftRuleset {
  const reading: Reading = { tables: [], table: null, chain: null, skipping: false };
  const lines = linesOf(text).map((line) => line.trim());
  const markers = lines.filter((line) => line === NFT_ASKED || line === NFT_NOT_IN_USE);
  for (const line of lines.filter((one) => !one.startsWith('#'))) {
    // A chain, its hook or the end of a table, and no table above it.
    if (
      exit === null &&
      reading.table === null &&
      (line === '}' || CHAIN.test(line) || BASE.test(line))
    )
      throw new ProbeParseError('it begins within a table');
    readLine(reading, line);
  }
  if (reading.tables.length + markers.length === 0) throw new ProbeParseError('it shows no table');
  return {
    inUse: !markers.includes(NFT_NOT_IN_USE),
    tables: reading.tables.map((table) => ({ ...table, owners: ownersOf(table) })),
  };
}
