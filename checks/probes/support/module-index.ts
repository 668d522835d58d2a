import { ProbeParseError } from '../../../src/domain/errors.js';
import type { RawOutput } from '../../../src/domain/probe.js';
import { MODULES } from '../../requirements/kernel-features.js';
import { inEach, linesOf, moduleOfPath } from './text.js';
import { READ_RELEASE } from './kernel-release.js';

/** modules.dep or modules.builtin of the running kernel. */
export type ModuleIndex = {
  /** The file; empty for a pasted text. */
  readonly place: string;
  /** False when the file, or the whole folder of the running kernel, is not on the node. */
  readonly there: boolean;
  readonly modules: ReadonlySet<string>;
  /** The modules that the node was asked for; null for a pasted text, which holds all of them. */
  readonly asked: ReadonlySet<string> | null;
};

const FROM = '# read from ';
const ABSENT = '# not there: ';
const ASKED = '# asked for ';

/** Our modules' lines of an index file, behind a line that says where they come from or that there is no such file. */
export const indexScript = (file: 'modules.dep' | 'modules.builtin'): string =>
  `${READ_RELEASE}
file=/lib/modules/$release/${file}
if [ ! -e "$file" ]; then echo "${ABSENT}$file"; exit 0; fi
if [ ! -r "$file" ]; then echo "$file may not be read" >&2; exit 126; fi
echo "${FROM}$file"
echo '${ASKED}${MODULES.join(' ')}'
grep -E '^[^:]*/(${MODULES.map((name) => name.replaceAll('_', '[_-]')).join('|')})[.]ko' "$file" | sed 's/:.*//'
exit 0`;

const fileOf = (line: string): string => line.split(':', 1)[0] ?? '';

/** Reads the script's output and a pasted whole file alike. */
export function parseIndex({ stdout, exit }: RawOutput): ModuleIndex {
  const modules = new Set<string>();
  let place = '';
  let there = true;
  let asked: ReadonlySet<string> | null = null;
  const lines = linesOf(stdout);
  if (lines.length === 0) throw new ProbeParseError('it is empty');
  // Each file stands there once: the lists of two kernels, of which one may lack it.
  if (exit === null && inEach(lines.map(fileOf)).size < new Set(lines.map(fileOf)).size)
    throw new ProbeParseError('it holds two lists');
  for (const line of lines) {
    if (line.startsWith(FROM)) {
      place = line.slice(FROM.length, FROM.length + 200);
      // Such a selection says nothing of the others, even when it does not tell what they are.
      asked ??= new Set();
    } else if (line.startsWith(ASKED)) asked = new Set(line.slice(ASKED.length).split(' '));
    else if (line.startsWith(ABSENT)) {
      place = line.slice(ABSENT.length, ABSENT.length + 200);
      there = false;
    } else {
      const name = moduleOfPath(line.split(':', 1)[0]?.trim() ?? '');
      if (name === null) throw new ProbeParseError('a line names no module file');
      modules.add(name);
    }
  }
  return { place, there, modules, asked };
}
