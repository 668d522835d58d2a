import { visibleLine } from './visible.js';

/** A path may be as long as Linux lets one be (PATH_MAX); a word that is cut would name something else. */
const LONGEST = 4096;

/** A word of a POSIX shell command line, quoted only where it needs to be, safe to show. */
export function shellWord(word: string): string {
  const shown = visibleLine(word, LONGEST);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
