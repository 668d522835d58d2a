import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { inEach, linesOf, moduleName } from './support/text.js';

// Kernels that unload no module (MODULE_UNLOAD) print a dash for the number of users.
const LINE =
  /^([A-Za-z0-9_-]{1,64}) \d{1,12} (?:-?\d{1,9}|-) \S{1,2000} (Live|Loading|Unloading) 0x/;

/** Modules that are live in the running kernel; a kernel with everything built in has none. */
export const procModules = defineProbe<ReadonlySet<string>>({
  id: 'proc-modules',
  command: 'cat /proc/modules',
  script: `[ -e /proc/modules ] || { echo '/proc/modules is not there: this kernel loads no modules' >&2; exit 127; }
exec cat /proc/modules`,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 262144,
  fields: { modules: 'plain' },
  recognises: (stdout) => LINE.test(stdout),
  parse: ({ stdout, exit }) => {
    const lines = linesOf(stdout);
    if (lines.length === 0 && exit === null) throw new ProbeParseError('it is empty');
    const live: string[] = [];
    for (const line of lines) {
      const match = LINE.exec(line);
      if (match === null) throw new ProbeParseError('a line is not one of /proc/modules');
      if (match[2] === 'Live') live.push(moduleName(match[1] ?? ''));
    }
    return inEach(live);
  },
});
