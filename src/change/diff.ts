type Edit = { readonly mark: ' ' | '-' | '+'; readonly line: string };

const CONTEXT = 3;
// The table of the longest common part grows with the product; beyond this the middle is shown as replaced whole.
const MAX_CELLS = 1_000_000;
const NO_NEWLINE = '\\ No newline at end of file';

function linesOf(text: string | null): readonly string[] {
  if (text === null || text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') return lines.slice(0, -1);
  // Kept inside the last line, so that a missing newline is a difference of that line.
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ''}\n${NO_NEWLINE}`];
}

function commonTable(a: readonly string[], b: readonly string[]): readonly Uint32Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  const at = (i: number, j: number): number => table[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = table[i];
    for (let j = b.length - 1; row !== undefined && j >= 0; j -= 1)
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  return table;
}

const all = (mark: Edit['mark'], lines: readonly string[]): readonly Edit[] =>
  lines.map((line) => ({ mark, line }));

function middleEdits(a: readonly string[], b: readonly string[]): readonly Edit[] {
  if (a.length * b.length > MAX_CELLS) return [...all('-', a), ...all('+', b)];
  const table = commonTable(a, b);
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [line, other] = [a[i] ?? '', b[j] ?? ''];
    const removeFirst = (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0);
    if (line === other) {
      edits.push({ mark: ' ', line });
      i += 1;
      j += 1;
    } else if (removeFirst) {
      edits.push({ mark: '-', line });
      i += 1;
    } else {
      edits.push({ mark: '+', line: other });
      j += 1;
    }
  }
  return [...edits, ...all('-', a.slice(i)), ...all('+', b.slice(j))];
}

function edits(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let foot = 0;
  while (foot < shorter - head && a[a.length - 1 - foot] === b[b.length - 1 - foot]) foot += 1;
  return [
    ...all(' ', a.slice(0, head)),
    ...middleEdits(a.slice(head, a.length - foot), b.slice(head, b.length - foot)),
    ...all(' ', a.slice(a.length - foot)),
  ];
}

type Range = { readonly from: number; readonly to: number };

function hunkRanges(list: readonly Edit[]): readonly Range[] {
  const ranges: Range[] = [];
  list.forEach((edit, index) => {
    if (edit.mark === ' ') return;
    const last = ranges.at(-1);
    const from = Math.max(0, index - CONTEXT);
    const to = Math.min(list.length, index + CONTEXT + 1);
    if (last !== undefined && from <= last.to) ranges[ranges.length - 1] = { from: last.from, to };
    else ranges.push({ from, to });
  });
  return ranges;
}

const span = (before: number, count: number): string => {
  const start = String(count === 0 ? before : before + 1);
  return count === 1 ? start : `${start},${String(count)}`;
};

function hunk(list: readonly Edit[], { from, to }: Range): readonly string[] {
  const count = (part: readonly Edit[], other: Edit['mark']): number =>
    part.filter((edit) => edit.mark !== other).length;
  const before = list.slice(0, from);
  const part = list.slice(from, to);
  const old = span(count(before, '+'), count(part, '+'));
  const fresh = span(count(before, '-'), count(part, '-'));
  return [
    `@@ -${old} +${fresh} @@`,
    ...part.flatMap(({ mark, line }) => `${mark}${line}`.split('\n')),
  ];
}

/** The difference of two texts as `diff -u` prints it, line by line; null is a missing file. Not yet visible text. */
export function unifiedDiff(
  path: string,
  before: string | null,
  after: string | null,
): readonly string[] {
  const list = edits(linesOf(before), linesOf(after));
  const ranges = hunkRanges(list);
  if (ranges.length === 0 && (before === null) === (after === null)) return [];
  return [
    `--- ${before === null ? '/dev/null' : path}`,
    `+++ ${after === null ? '/dev/null' : path}`,
    ...ranges.flatMap((range) => hunk(list, range)),
  ];
}
