import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { inEach, linesOf, moduleName } from './support/text.js';

const HEADER = /^Module\s{1,80}Size\s{1,20}Used by/;

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
    return inEach(
      lines.flatMap((line) => {
        const match = /^([A-Za-z0-9_-]{1,64})\s{1,80}\d/.exec(line);
        return match?.[1] === undefined ? [] : [moduleName(match[1])];
      }),
    );
  },
});
