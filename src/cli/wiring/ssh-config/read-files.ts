import { readFile, readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { globMatches } from '../../../domain/glob.js';
import { homeFolder } from './local-user.js';

/** One directive of ssh_config, comments and blank lines left out. */
export type Directive = {
  readonly keyword: string;
  readonly args: readonly string[];
  readonly file: string;
  readonly line: number;
};

// ssh_config(5): readconf.c stops at this depth too.
const DEEPEST = 16;
const LONGEST = 1_048_576;

/** The words of a line: blanks divide, double quotes hold together, `=` may stand between keyword and first word. */
export function splitLine(text: string): readonly string[] {
  const words = [...text.matchAll(/"([^"]*)"?|([^\s"]+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
  const [keyword = '', ...rest] = words;
  const equals = keyword.indexOf('=');
  if (equals > 0) {
    const value = keyword.slice(equals + 1);
    return [keyword.slice(0, equals), ...(value === '' ? [] : [value]), ...rest];
  }
  if (rest[0]?.startsWith('=') !== true) return words;
  const value = rest[0].slice(1);
  return [keyword, ...(value === '' ? [] : [value]), ...rest.slice(1)];
}

/** The directives of a file with what it includes in their place. A file that is not there has none. */
export async function readDirectives(
  file: string,
  base: string = dirname(file),
  depth = 0,
): Promise<readonly Directive[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const found: Directive[] = [];
  for (const [index, raw] of text.slice(0, LONGEST).split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [keyword = '', ...args] = splitLine(line);
    if (keyword.toLowerCase() !== 'include' || depth >= DEEPEST) {
      found.push({ keyword: keyword.toLowerCase(), args, file, line: index + 1 });
      continue;
    }
    for (const path of await included(args, base)) {
      found.push(...(await readDirectives(path, base, depth + 1)));
    }
  }
  return found;
}

/** Include: relative to ~/.ssh for the user's files and /etc/ssh for the system's; `*` and `?` in the last part. */
async function included(args: readonly string[], base: string): Promise<readonly string[]> {
  const lists = await Promise.all(
    args.map(async (arg) => {
      const open = arg.startsWith('~/') ? join(homeFolder(), arg.slice(2)) : arg;
      const path = isAbsolute(open) ? open : join(base, open);
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (!/[*?]/.test(name)) return [path];
      const folder = dirname(path);
      const names = await readdir(folder).catch(() => []);
      return names
        .filter((one) => !one.startsWith('.') && globMatches(name, one))
        .sort()
        .map((one) => join(folder, one));
    }),
  );
  return lists.flat();
}
