/** What a script of this folder said under its nonce, or why that is no whole account. */
export type Said =
  | { readonly state: 'whole'; readonly lines: readonly string[] }
  | { readonly state: 'partial'; readonly lines: readonly string[] };

const MAX_LINES = 20_000;

/**
 * The lines that carry the nonce, in order, without it. Whole only if they run from one `begin` of that verb to one `end`
 * that nothing follows; lines without the nonce, such as a noisy profile's, are passed over.
 */
export function saidLines(stdout: string, nonce: string, verb: 'apply' | 'undo' | 'list'): Said {
  const mark = `@@${nonce} `;
  // A terminal in between would add carriage returns; a last line without its end is not a line.
  const texts = stdout.split('\n').slice(0, -1).slice(0, MAX_LINES);
  const lines = texts
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.startsWith(mark))
    .map((line) => line.slice(mark.length));
  const count = (test: (line: string) => boolean): number => lines.filter(test).length;
  const first = lines[0] ?? '';
  const whole =
    (first === `begin ${verb}` || first.startsWith(`begin ${verb} `)) &&
    count((line) => line.startsWith('begin')) === 1 &&
    count((line) => line === 'end') === 1 &&
    lines.at(-1) === 'end';
  return { state: whole ? 'whole' : 'partial', lines };
}
