import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf, moduleName } from './support/text.js';

const HEADER = /^Module\s{1,80}Size\s{1,20}Used by/;

const namesIn = (lines: readonly string[]): ReadonlySet<string> =>
  new Set(
    lines.flatMap((line) => {
      const match = /^([A-Za-z0-9_-]{1,64})\s{1,80}\d/.exec(line);
      return match?.[1] === undefined ? [] : [moduleName(match[1])];
    }),
  );

/** Names of the loaded modules. What is built in is not among them. */
export const lsmod = defineProbe<ReadonlySet<string>>({
  id: 'lsmod',
  command: 'lsmod',
  script: `[ -e /proc/modules ] || { echo '/proc/modules is not there: this kernel loads no modules' >&2; exit 127; }
command -v lsmod >/dev/null || { echo 'lsmod' >&2; exit 127; }
exec lsmod`,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 262144,
  fields: { modules: 'plain' },
  recognises: (stdout) => HEADER.test(stdout),
  parse: ({ stdout }) => {
    const lines = linesOf(stdout);
    if (!HEADER.test(lines[0] ?? '')) {
      throw new ProbeParseError('it does not begin with the heading of lsmod');
    }
    // Of two lists in one paste what both have: the other may be that of another node.
    const starts = lines.flatMap((line, at) => (HEADER.test(line) ? [at] : []));
    const [first, ...more] = starts.map((at, index) => namesIn(lines.slice(at, starts[index + 1])));
    return new Set([...(first ?? [])].filter((name) => more.every((list) => list.has(name))));
  },
});
