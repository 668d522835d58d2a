import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

export type ModuleFolders = {
  /** Releases whose modules are installed. */
  readonly releases: readonly string[];
  /** The distribution asks for a restart (Debian and Ubuntu leave a file when they do). */
  readonly restartAsked: boolean;
};

const HEADING = 'installed modules:';

/** For which kernels modules are installed, and whether the distribution waits for a restart. */
export const moduleFolders = defineProbe<ModuleFolders>({
  id: 'module-folders',
  command: 'ls -d /lib/modules/*/modules.dep /run/reboot-required',
  script: `echo '${HEADING}'
for path in /lib/modules/*/modules.dep /run/reboot-required; do
  if [ -e "$path" ]; then echo "$path"; fi
done`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 16384,
  fields: { releases: 'plain', restartAsked: 'plain' },
  parse: ({ stdout }) => {
    const [heading, ...lines] = linesOf(stdout);
    if (heading !== HEADING) throw new ProbeParseError('it does not begin with its heading');
    const found = lines.map((line) => /^\/lib\/modules\/([^/\s]{1,100})\/modules\.dep$/.exec(line));
    return {
      releases: found.flatMap((match) => match?.[1] ?? []),
      restartAsked: lines.includes('/run/reboot-required'),
    };
  },
});
