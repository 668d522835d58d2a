import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CASES } from './b12-cases.js';

const TESTS = new URL('..', import.meta.url).pathname;
const SELF = 'transport/b12.test.ts';

/** The numbers that a test file's names carry: `B12/37`, `B12/2 B12/3`, `B12/74, 75 and 76`. */
function numbersIn(text: string): readonly number[] {
  // A name stands behind the quote that opens it.
  const names = [...text.matchAll(/['"`](B12\/\d[^\n]*)/g)].map(([, name = '']) => name);
  return names.flatMap((name) => {
    const [, first = '', more = ''] = /^B12\/(\d+)((?:(?:, | and | B12\/)\d+)*)/.exec(name) ?? [];
    return [first, ...(more.match(/(?<!B)\d+(?!\d*\/)/g) ?? [])].map(Number);
  });
}

/** Test files by the number of the case that one of their tests is named after. */
const tested = new Map<number, string[]>();
for (const file of readdirSync(TESTS, { recursive: true, encoding: 'utf8' })) {
  if (!/\.tsx?$/.test(file) || file === SELF) continue;
  for (const number of numbersIn(readFileSync(join(TESTS, file), 'utf8')))
    tested.set(number, [...new Set([...(tested.get(number) ?? []), file])]);
}

const ASKED = [...Array.from({ length: 87 }, (_, index) => index + 1), 91, 92];

test('the list has the cases 1 to 87, 91 and 92, once each', () => {
  expect(CASES.map(({ number }) => number)).toEqual(ASKED);
});

test.each(CASES.map((one) => [one.number, one.title] as const))(
  'case %i, %s, has a test of its number',
  (number) => {
    expect(tested.get(number) ?? []).not.toEqual([]);
  },
);

test('what no command shows says why', () => {
  const silent = CASES.filter(({ against, without }) => !against.includes('command') && !without);
  expect(silent).toEqual([]);
});

test('no test is named after a case that the list does not have', () => {
  const strange = [...tested].filter(([number]) => !ASKED.includes(number));
  expect(strange).toEqual([]);
});

test.each([
  ["test('B12/37 locked", [37]],
  ['`B12/2 B12/3 the run', [2, 3]],
  ["'B12/74, 75 and 76 split", [74, 75, 76]],
  ['"B12/70 10 GB of it', [70]],
  ['no name: B12/99', []],
])('the numbers of %j are read', (text, expected) => {
  expect(numbersIn(text)).toEqual(expected);
});
