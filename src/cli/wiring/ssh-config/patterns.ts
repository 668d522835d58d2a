import { globMatches } from '../../../domain/glob.js';

/** A list of patterns of ssh_config(5): one must match, and none that begins with `!`. Case counts, as in `ssh`. */
export function listMatches(patterns: readonly string[], text: string): boolean {
  const negated = patterns.filter((one) => one.startsWith('!')).map((one) => one.slice(1));
  const plain = patterns.filter((one) => !one.startsWith('!'));
  const matches = (one: string): boolean => globMatches(one, text);
  return plain.some(matches) && !negated.some(matches);
}
