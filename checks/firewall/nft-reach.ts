import type { NftChain, NftRuleset, NftTable } from '../probes/support/nft-text.js';
import type { Need } from './needs.js';

/** A rule without what changes nothing of whom it lets in: its counter, its log and its comment, and that it is for new ones. */
const bare = (rule: string): string =>
  rule
    .replace(/ comment "[^"]{0,128}"$/, '')
    .replace(/\bcounter packets \d{1,20} bytes \d{1,20} ?/, '')
    .replace(/\blog(?: prefix "[^"]{0,128}")?(?: (?:level|flags) [a-z]{1,10})* ?/, '')
    .replace(/\bct state new /, '')
    .trim();

const DENIES_ALL = /^(?:drop|reject(?: with .{1,80})?)$/;

/**
 * Chains at this hook that refuse what no rule of theirs accepts, in tables of nobody known (not of iptables, firewalld,
 * kube-proxy or Calico).
 */
const refusing = (tables: readonly NftTable[], hook: string): readonly NftChain[] =>
  tables
    .filter(({ owners, family }) => owners.length === 0 && /^(?:inet|ip6?)$/.test(family))
    .flatMap(({ chains }) => chains)
    .filter(
      ({ hook: own, policy, rules }) =>
        own === hook && (policy === 'drop' || rules.some((rule) => DENIES_ALL.test(bare(rule)))),
    );

function portIn(list: string, port: number): boolean {
  return list.split(',').some((part) => {
    const [first = '', last = first] = part.trim().split('-');
    return Number(first) <= port && port <= Number(last);
  });
}

// A list with names of services, as nft before 0.9.1 prints them, may hold any port.
const PORTS = /^(tcp|udp) dport (?:\{ ([\d, -]{1,2000}) \}|(\d{1,5}(?:-\d{1,5})?)) accept$/;
const TUNNEL = /^(?:ip protocol|meta l4proto) (?:ipencap|ipv4|4) accept$/;
const MAY_ACCEPT = /\b(?:accept|jump|goto|vmap)\b/;
const STATES = /^ct state (?:vmap )?(?:\{ ([^}]{1,200}) \}|([a-z,]{1,60}))(?: |$)/;
const NOT_BEGUN = ['established', 'related', 'invalid'];

/** Answers, this node's own traffic and ICMP: none of them is what other nodes begin. */
function isUnrelated(rule: string): boolean {
  const [, set, list] = STATES.exec(rule) ?? [];
  const states = (set ?? list ?? '').split(',').map((state) => state.split(':')[0]?.trim() ?? '');
  if (states.every((state) => NOT_BEGUN.includes(state))) return true;
  if (/^(?:iif|iifname) "?lo"? /.test(rule)) return true;
  return rule.includes('icmp') && !/\b(?:tcp|udp)\b|[{,] ?(?:ipencap|ipv4|4)\b/.test(rule);
}

/** Whether this rule accepts that traffic from everybody; what is written in another way is not counted. */
export function nftAccepts(text: string, { port, protocol }: Need): boolean {
  const rule = bare(text);
  if (rule === 'accept') return true;
  if (protocol === 'ip') return TUNNEL.test(rule);
  const [, kind, list, single] = PORTS.exec(rule) ?? [];
  return kind === protocol && portIn(list ?? single ?? '', port);
}

/** By address, by interface or in another chain: it may let that traffic in, and whether it does cannot be told. */
const mayAccept = (text: string): boolean => {
  const rule = bare(text);
  return MAY_ACCEPT.test(rule) && !isUnrelated(rule) && !PORTS.test(rule) && !TUNNEL.test(rule);
};

const keepsOut = ({ rules }: NftChain, wanted: Need): boolean =>
  !rules.some((rule) => nftAccepts(rule, wanted) || mayAccept(rule));

/** What the site's own tables surely keep out: no rule of a refusing chain accepts it, or may accept it. */
export function nftKeepsOut(
  { tables }: NftRuleset,
  needs: readonly Need[],
): {
  readonly needs: readonly Need[];
  readonly forwarding: boolean;
} {
  const input = refusing(tables, 'input');
  return {
    needs: needs.filter((wanted) => input.some((chain) => keepsOut(chain, wanted))),
    forwarding: refusing(tables, 'forward').some(
      ({ rules }) => !rules.some((rule) => mayAccept(rule)),
    ),
  };
}
