import type { IptablesRules, IptablesTable } from '../probes/support/iptables-text.js';
import type { Need } from './needs.js';

const PROTOCOLS: Readonly<Record<string, readonly string[]>> = {
  ip: ['4', 'ipencap', 'ipv4'],
  tcp: ['tcp', '6'],
  udp: ['udp', '17'],
};
// A rule with another match lets in some of the traffic, and which part cannot be told from here.
const HARMLESS = ['tcp', 'udp', 'multiport', 'comment'];

const valueAfter = (words: readonly string[], ...flags: readonly string[]): string | null => {
  const at = words.findIndex((word) => flags.includes(word));
  return at < 0 ? null : (words[at + 1] ?? null);
};

const covers = (ports: string, port: number): boolean =>
  ports.split(',').some((range) => {
    const [first = '', last = first] = range.split(':');
    return Number(first) <= port && port <= Number(last);
  });

/** Whether this rule accepts that traffic from everybody. Pure. */
export function ruleAccepts(text: string, { port, protocol }: Need): boolean {
  const words = text.replaceAll(/--comment (?:"[^"]{0,300}"|\S{1,300})/g, '').split(' ');
  const narrowed = words.some((word) =>
    ['!', '-s', '-d', '-i', '-o', '--sport', '--sports'].includes(word),
  );
  const strange = words.some((word, at) => words[at - 1] === '-m' && !HARMLESS.includes(word));
  if (valueAfter(words, '-j') !== 'ACCEPT' || narrowed || strange) return false;
  const kind = valueAfter(words, '-p');
  if (kind !== null && !(PROTOCOLS[protocol] ?? []).includes(kind)) return false;
  const ports = valueAfter(words, '--dport', '--dports');
  return ports === null || (protocol !== 'ip' && covers(ports, port));
}

/** The tables `filter` of this family, of both variants. */
export const filterTables = (
  { tables }: IptablesRules,
  family: 'ipv4' | 'ipv6',
): readonly IptablesTable[] =>
  tables.filter((table) => table.name === 'filter' && (table.family ?? 'ipv4') === family);

export const policyOf = ({ chains }: IptablesTable, chain: string): string | null =>
  chains.find(({ name }) => name === chain)?.policy ?? null;
