import type { NodeReport, Report } from '../domain/report.js';

/** What a report says of each session, by the fact that holds it, in the order of reading. */
const SESSION_COLUMNS = [
  ['transport', 'transport'],
  ['transport-because', 'taken for'],
  ['address', 'address'],
  ['host-key', 'host key'],
  ['host-key-trusted-by', 'host key trust'],
  ['login', 'login'],
  ['privilege', 'privilege'],
  ['key-exchange', 'key exchange'],
  ['cipher', 'cipher'],
  ['ssh-server', 'SSH server'],
] as const;

type SessionFact = (typeof SESSION_COLUMNS)[number][0];

/** Facts that are a node's own, and would keep a fleet from being folded. */
const OWN: readonly SessionFact[] = ['address', 'host-key'];

/** The nodes that were reached over SSH: only those have a record of their session. */
export const sessionsOf = (report: Report): readonly NodeReport[] =>
  report.nodes.filter(({ facts }) => facts['transport'] !== undefined);

/** The columns that any node has something for. */
export const columnsOf = (nodes: readonly NodeReport[]): (typeof SESSION_COLUMNS)[number][] =>
  SESSION_COLUMNS.filter(([fact]) => nodes.some(({ facts }) => facts[fact] !== undefined));

export type FoldedSession = { readonly nodes: readonly string[]; readonly words: string };

/** Nodes that were reached in the same way, together. The JSON and the bundle hold what is left out here. */
export function foldSessions(report: Report): readonly FoldedSession[] {
  const folded = new Map<string, string[]>();
  for (const node of sessionsOf(report)) {
    const words = wordsOf(node);
    folded.set(words, [...(folded.get(words) ?? []), node.name]);
  }
  return [...folded].map(([words, nodes]) => ({ nodes, words }));
}

const wordsOf = ({ facts }: NodeReport): string =>
  SESSION_COLUMNS.filter(([fact]) => !OWN.includes(fact))
    .flatMap(([fact, label]) => {
      const value = facts[fact];
      if (value === undefined) return [];
      // Each node has a line of its own in one file of known hosts.
      const shared = fact === 'host-key-trusted-by' ? value.replace(/:\d+(?= \(|$)/, '') : value;
      return [fact === 'transport' ? `by ${shared}` : `${label} ${shared}`];
    })
    .join('; ');
