import type { NftChain, NftRuleset, NftTable } from '../probes/support/nft-text.js';
import type { Need } from './needs.js';

const COUNTED = '(?:counter packets \\d{1,20} bytes \\d{1,20} )?';
const DENIES_ALL = new RegExp(`^${COUNTED}(?:drop|reject(?: with .{1,80})?)$`);

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
        own === hook && (policy === 'drop' || rules.some((rule) => DENIES_ALL.test(rule))),
    );

function portIn(list: string, port: number): boolean {
  return list.split(',').some((part) => {
    const [first = '', last = first] = part.trim().split('-');
    return Number(first) <= port && port <= Number(last);
  });
}

const PORTS = new RegExp(
  `^(tcp|udp) dport (?:\\{ ([^}]{1,2000}) \\}|(\\d{1,5}(?:-\\d{1,5})?)) ${COUNTED}accept$`,
);
const TUNNEL = new RegExp(`^(?:ip protocol|meta l4proto) (?:ipencap|ipv4|4) ${COUNTED}accept$`);
// Answers, this node's own traffic and ICMP: none of them is what other nodes begin.
const UNRELATED = /^ct state (?:established|related|invalid)|^(?:iif|iifname) "?lo"? |icmp/;
const MAY_ACCEPT = /\b(?:accept|jump|goto|vmap)\b/;

/** Whether this rule accepts that traffic from everybody; what is written in another way is not counted. */
export function nftAccepts(rule: string, { port, protocol }: Need): boolean {
  if (rule === 'accept') return true;
  if (protocol === 'ip') return TUNNEL.test(rule);
  const [, kind, list, single] = PORTS.exec(rule) ?? [];
  return kind === protocol && portIn(list ?? single ?? '', port);
}

/** By address, by interface or in another chain: it may let that traffic in, and whether it does cannot be told. */
const mayAccept = (rule: string): boolean =>
  MAY_ACCEPT.test(rule) && !UNRELATED.test(rule) && !PORTS.test(rule) && !TUNNEL.test(rule);

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
      ({ rules }) => !rules.some((rule) => rule === 'accept' || mayAccept(rule)),
    ),
  };
}
