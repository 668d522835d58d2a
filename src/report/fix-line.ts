import { shellWord } from '../domain/shell-word.js';

/** How the run that a report is of reached its nodes; no other line reaches them too. No secret is among it. */
export type Reach = {
  /** What names a node on a command line: `user@host:port` where it was typed so. */
  readonly argument: (name: string) => string;
  readonly inventory?: string;
  /** Nobody chose among the nodes of the inventory. */
  readonly whole: boolean;
  /** `--config FILE` and the like, a word each. */
  readonly flags: readonly string[];
};

/** More nodes than this are those of an inventory. */
const MOST_NAMED = 6;

/** This machine has no name on a command line but a flag. */
const LOCAL = 'this-machine';

/** The arguments for these nodes; none where the inventory alone names them all. */
function argumentsOf(remote: readonly string[], reach?: Reach): readonly string[] {
  const many = remote.length > MOST_NAMED;
  if (many && (reach === undefined || (reach.whole && reach.inventory !== undefined))) return [];
  return remote.map((name) => reach?.argument(name) ?? name);
}

/**
 * The words that name these nodes to another command, and those that reach them. Without a `reach`, as in a report that
 * is rendered from a bundle, nobody knows how. Null when no line can name them.
 */
export function nodeWords(names: readonly string[], reach?: Reach): readonly string[] | null {
  const remote = names.filter((name) => name !== LOCAL);
  const named = argumentsOf(remote, reach);
  // The name may be that of somebody's folder: it must not be taken for a flag.
  if (named.some((name) => name.startsWith('-'))) return null;
  const local = remote.length < names.length ? ['--local'] : [];
  const inventory = reach?.inventory ?? (named.length === 0 ? 'FILE' : undefined);
  const from = remote.length === 0 || inventory === undefined ? [] : ['--inventory', inventory];
  return [...named, ...local, ...from, ...(reach?.flags ?? [])];
}

/** The command that shows how a check is mended on these nodes, each word quoted for sh. Null when none can. */
export function fixWords(
  names: readonly string[],
  check: string,
  reach?: Reach,
): readonly string[] | null {
  const nodes = nodeWords(names, reach);
  if (nodes === null) return null;
  return ['calico-ready', 'fix', ...nodes, '--check', check, '--plan'].map(shellWord);
}

/** Breaks a command line between its words so that sh still reads it as one. */
export function wrapCommand(
  label: string,
  words: readonly string[],
  width: number,
  indent: string,
): readonly string[] {
  const lines: string[] = [];
  let line = `${indent}${label}`;
  for (const [at, word] of words.entries()) {
    if (at > 0 && line.length + word.length + 3 > width) {
      lines.push(`${line} \\`);
      line = `${indent}  ${word}`;
    } else {
      line += ` ${word}`;
    }
  }
  return [...lines, line];
}
