import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

/** What iptables' own lists in /proc/net hold: tables in use, matches and targets that are registered. */
export type IptablesLists = {
  readonly tables: ReadonlySet<string>;
  readonly matches: ReadonlySet<string>;
  readonly targets: ReadonlySet<string>;
};

/** Only root may read these. A list that is there and empty, or not there, adds no line. */
export const IPTABLES_LISTS =
  '/bin/grep -Hs . /proc/net/ip_tables_names /proc/net/ip6_tables_names /proc/net/ip_tables_matches /proc/net/ip_tables_targets';
const LINE = /^\/proc\/net\/ip6?_tables_(names|matches|targets):([A-Za-z0-9_-]{1,64})$/;

/** Looks only when the lists are there, and reading them loads nothing (iptables -L would load the tables). */
export const procNetTables = defineProbe<IptablesLists>({
  id: 'proc-net-tables',
  command: 'cat /proc/net/ip_tables_names /proc/net/ip_tables_matches /proc/net/ip_tables_targets',
  script: `[ -e /proc/net/ip_tables_matches ] || { echo 'the legacy ip_tables is not in use' >&2; exit 127; }
as_root ${IPTABLES_LISTS}`,
  rootCommands: [IPTABLES_LISTS],
  timeoutSeconds: 10,
  maxBytes: 65536,
  // grep's status where a file is missing: ip6_tables may not be in use.
  goodExits: [2],
  fields: { tables: 'plain', matches: 'plain', targets: 'plain' },
  parse: ({ stdout }) => {
    const lists = {
      names: new Set<string>(),
      matches: new Set<string>(),
      targets: new Set<string>(),
    };
    for (const line of linesOf(stdout)) {
      const match = LINE.exec(line);
      if (match === null) throw new ProbeParseError('a line is not one of the three lists');
      lists[match[1] as keyof typeof lists].add(match[2] ?? '');
    }
    if (lists.matches.size === 0) throw new ProbeParseError('the list of matches is empty');
    return { tables: lists.names, matches: lists.matches, targets: lists.targets };
  },
});
