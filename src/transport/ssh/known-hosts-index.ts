import { lookupName, matchesHost } from './known-hosts.js';
import type { HostName, KnownHostLine } from './known-hosts.js';

/** The lines of known_hosts files, ready to be asked for many hosts: a fleet asks once a node. */
export type KnownHostsIndex = {
  /** In the order of the files, all lines that can say something of this host; judging reads nothing else. */
  readonly linesFor: (name: HostName) => readonly KnownHostLine[];
};

/** A host field that is one plain name or a list of them; everything else has to be matched. */
const PLAIN = /^[^*?!|]+$/;

/** Lines by plain name, and the positions of those that have to be matched. */
function sortLines(lines: readonly KnownHostLine[]): {
  readonly plain: ReadonlyMap<string, readonly number[]>;
  readonly others: readonly number[];
} {
  const plain = new Map<string, number[]>();
  const others: number[] = [];
  for (const [position, { hosts }] of lines.entries()) {
    if (!PLAIN.test(hosts)) {
      others.push(position);
      continue;
    }
    for (const name of new Set(hosts.toLowerCase().split(','))) {
      const known = plain.get(name);
      if (known === undefined) plain.set(name, [position]);
      else known.push(position);
    }
  }
  return { plain, others };
}

export function indexKnownHosts(lines: readonly KnownHostLine[]): KnownHostsIndex {
  const { plain, others } = sortLines(lines);
  const positionsOf = (name: string): readonly number[] => [
    ...(plain.get(name) ?? []),
    ...others.filter((position) => matchesHost(lines[position]?.hosts ?? '', name)),
  ];
  const inOrder = (positions: readonly number[]): readonly KnownHostLine[] =>
    [...new Set(positions)].sort((a, b) => a - b).flatMap((position) => lines[position] ?? []);
  return {
    linesFor: (name) => {
      const own = positionsOf(lookupName(name));
      // The bare name counts only where no key stands under `[host]:port` (judgeHostKey, knownKeyTypes).
      const settled = own.some((position) => lines[position]?.marker === 'none');
      const bare = name.port === 22 || settled ? [] : positionsOf(name.host.toLowerCase());
      return inOrder([...own, ...bare]);
    },
  };
}
