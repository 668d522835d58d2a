import type { NftChain, NftRuleset, NftTable } from '../probes/support/nft-text.js';
import type { Need } from './needs.js';

const isDenying = (rule: string): boolean => /\b(?:drop|reject)\b/.test(rule);

/** Chains at this hook in tables of nobody known (not iptables, firewalld, kube-proxy or Calico) that can refuse. */
const refusing = (tables: readonly NftTable[], hook: string): readonly NftChain[] =>
  tables
    .filter(({ owners, family }) => owners.length === 0 && /^(?:inet|ip6?)$/.test(family))
    .flatMap(({ chains }) => {
      const denies = chains.some(({ rules }) => rules.some(isDenying));
      return chains.filter((chain) => chain.hook === hook && (chain.policy === 'drop' || denies));
    });

function portIn(list: string, port: number): boolean {
  return list.split(',').some((part) => {
    const [first = '', last = first] = part.trim().split('-');
    return Number(first) <= port && port <= Number(last);
  });
}

const PORTS =
  /^(tcp|udp) dport (?:\{ ([^}]{1,2000}) \}|(\d{1,5}(?:-\d{1,5})?)) (?:counter packets \d{1,20} bytes \d{1,20} )?accept$/;
const TUNNEL =
  /^(?:ip protocol|meta l4proto) (?:ipencap|ipv4|4) (?:counter packets \d{1,20} bytes \d{1,20} )?accept$/;

/** Whether this rule accepts that traffic from everybody; what is written in another way is not counted. */
export function nftAccepts(rule: string, { port, protocol }: Need): boolean {
  if (rule === 'accept') return true;
  if (protocol === 'ip') return TUNNEL.test(rule);
  const [, kind, list, single] = PORTS.exec(rule) ?? [];
  return kind === protocol && portIn(list ?? single ?? '', port);
}

/** What the site's own tables keep out, as far as it can be told: traffic that no rule of a refusing chain names. */
export function nftKeepsOut(
  { tables }: NftRuleset,
  needs: readonly Need[],
): {
  readonly needs: readonly Need[];
  readonly forwarding: boolean;
} {
  const input = refusing(tables, 'input');
  return {
    needs: needs.filter(
      (wanted) => !input.every(({ rules }) => rules.some((rule) => nftAccepts(rule, wanted))),
    ),
    forwarding: refusing(tables, 'forward').some(({ rules }) => !rules.includes('accept')),
  };
}
