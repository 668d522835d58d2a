import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProbeParseError } from '../../../src/domain/errors.js';
import type { AnyProbe, RawOutput } from '../../../src/domain/probe.js';
import { probesWithRecordings } from './every-recording.js';

const probes = await probesWithRecordings();

const raw = (stdout: string, part: Partial<RawOutput> = {}): RawOutput => ({
  stdout,
  stderr: '',
  exit: null,
  receivedAt: 1_790_000_000_000,
  ...part,
});

/** The parser's answer; undefined when it says that it cannot read the text, in the one way it may. */
function parsed(probe: AnyProbe, output: RawOutput): unknown {
  try {
    return probe.parse(output) as unknown;
  } catch (error) {
    expect(error).toBeInstanceOf(ProbeParseError);
    expect((error as Error).message.length).toBeLessThan(1000);
    return undefined;
  }
}

type Size = { strings: number; numbers: number[] };

function measure(value: unknown, size: Size): void {
  if (typeof value === 'string') size.strings += value.length;
  else if (typeof value === 'number') size.numbers.push(value);
  else if (value instanceof Map) {
    for (const [key, one] of value) {
      measure(key, size);
      measure(one, size);
    }
  } else if (value instanceof Set || Array.isArray(value))
    for (const one of value) measure(one, size);
  else if (typeof value === 'object' && value !== null)
    for (const one of Object.values(value)) measure(one, size);
}

/** What every answer is: no larger than what was read, and made of numbers that are numbers. */
function check(probe: AnyProbe, output: RawOutput): void {
  const answer = parsed(probe, output);
  if (answer === undefined) return;
  const size: Size = { strings: 0, numbers: [] };
  measure(answer, size);
  const read = output.stdout.length + output.stderr.length;
  expect(size.strings).toBeLessThanOrEqual(8 * read + 20_000);
  expect(size.numbers.filter((number) => !Number.isFinite(number))).toEqual([]);
  const facts = probe.facts?.(answer) ?? {};
  for (const text of Object.values(facts)) expect(typeof text).toBe('string');
}

const NASTY = [
  '99999999999999999999',
  '-1',
  '1e999',
  '0x',
  'NaN',
  '\u0000',
  '\u001b[2J',
  '=',
  ':',
  '/',
  '"',
  '\\',
  'ist nicht verfügbar',
  '接続済み',
  'не найдено',
  '__proto__',
  'constructor',
  '\r',
  '\t',
  '\n\n',
  '',
];

/** A recording that something went wrong with on its way. */
const mutated = (seeds: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(
        fc.tuple(fc.nat(9), fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...NASTY)),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
    )
    .map(([seed, edits]) => edits.reduce((text, edit) => mutate(text, ...edit), seed));

function mutate(text: string, kind: number, where: number, nasty: string): string {
  const at = Math.floor(where * text.length);
  const lines = text.split('\n');
  const line = Math.floor(where * lines.length);
  const twice = [...lines.slice(0, line + 1), ...lines.slice(line)];
  const edits: readonly (() => string)[] = [
    () => text.slice(0, at),
    () => text.slice(at),
    () => twice.join('\n'),
    () => text.replaceAll('\n', '\r\n'),
    () => text.slice(0, at) + nasty + text.slice(at),
    () => lines.map((one, index) => (index === line ? one.replace(/\d+/g, nasty) : one)).join('\n'),
    () =>
      lines
        .map((one, index) => (index === line ? one.replace(/[A-Za-z]+/, nasty) : one))
        .join('\n'),
    () => lines.filter((_, index) => index !== line).join('\n'),
    () => text.replaceAll(/[a-z]{4,}/g, (word) => (word.length % 3 === 0 ? 'gerät' : word)),
    () => [...lines].reverse().join('\n'),
  ];
  return edits[kind]?.() ?? text;
}

describe.each(probes)('the parser of $id', ({ probe, seeds }) => {
  const exits = fc.constantFrom(null, 0, 1, ...(probe.goodExits ?? []));

  test('reads any text or says that it cannot', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(fc.constantFrom(...NASTY, ' ', 'a', '1', '\n'), { maxLength: 60 })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, texts, exits, (stdout, stderr, exit) => {
        check(probe, raw(stdout, { stderr, exit }));
        probe.recognises?.(stdout);
      }),
      { numRuns: 60 },
    );
  });

  test('reads recordings that were bent, cut, doubled and translated, or says that it cannot', () => {
    fc.assert(
      fc.property(mutated(seeds), exits, (stdout, exit) => {
        check(probe, raw(stdout, { exit }));
        probe.recognises?.(stdout);
      }),
      { numRuns: 60 },
    );
  });

  test('B12/81 takes no more than its share of time for what grows', () => {
    for (const grow of growths(seeds)) {
      const steep = steepAt(probe, grow.text, grow.most);
      expect(steep, `${grow.name} takes more than its share of time`).toBeNull();
    }
  });
});

type Growth = {
  readonly name: string;
  readonly text: (size: number) => string;
  readonly most: number;
};

const MEGABYTE = 1 << 20;

/** Texts that grow: one line, many lines, and a recorded line with one place in it that grows. */
function growths(seeds: readonly string[]): readonly Growth[] {
  const lines = [...new Set(seeds.flatMap((seed) => seed.split('\n').slice(0, 400)))].filter(
    (line) => line.trim() !== '' && line.length < 400,
  );
  const some = [...new Set([0, 1, lines.length >> 1, lines.length - 1])].flatMap(
    (index) => lines[index] ?? [],
  );
  const fill = (unit: string) => (size: number) =>
    unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
  const whole = [
    ' ',
    'a',
    '0',
    'a ',
    '\n',
    'a\n',
    ...some,
    ...some.slice(0, 3).map((line) => `${line}\n`),
    seeds[0] ?? '',
  ];
  return [
    ...whole
      .filter((unit) => unit !== '')
      .map((unit) => ({
        name: `${JSON.stringify(unit.slice(0, 40))} again and again`,
        text: fill(unit),
        most: MEGABYTE / 4,
      })),
    ...some.flatMap((line) =>
      placesOf(line).flatMap((at) =>
        [' ', 'x', '1'].map((character) => ({
          name: `${JSON.stringify(line.slice(0, at))} and a long run of ${JSON.stringify(character)}`,
          text: (size: number) =>
            `${seeds[0]?.split('\n')[0] ?? ''}\n${line.slice(0, at)}${character.repeat(size)}${line.slice(at)}\n`,
          most: MEGABYTE / 16,
        })),
      ),
    ),
  ];
}

/** The ends of the first words of a line, and the starts of those behind them. */
const placesOf = (line: string): readonly number[] =>
  [...line.matchAll(/\b/g)].map(({ index }) => index).slice(0, 4);

/** Below this nothing is said about growth: the clock and the collector of garbage would be measured. */
const SHORTEST_MS = 250;
/** Nobody's noise is this long. */
const LOST_MS = 1500;
/** Four times the text may take four times as long, and noise on top; a square takes sixteen times. */
const STEEPEST = 10;

/** The size at which a parser needs far more than its share of time; null when it never does. Grows by fours from 4 KB. */
function steepAt(probe: AnyProbe, text: (size: number) => string, most: number): number | null {
  let before = timeOf(probe, text(1024));
  for (let size = 4096; size <= most; size *= 4) {
    const subject = text(size);
    let time = timeOf(probe, subject);
    // Others run on this machine: what seems steep is looked at again.
    for (let again = 0; again < 3 && time < LOST_MS && isSteep(time, before); again += 1)
      time = Math.min(time, timeOf(probe, subject));
    if (isSteep(time, before)) return size;
    before = time;
  }
  return null;
}

const isSteep = (time: number, before: number): boolean =>
  time > SHORTEST_MS && time > STEEPEST * Math.max(before, 1);

function timeOf(probe: AnyProbe, stdout: string): number {
  const started = process.cpuUsage();
  parsed(probe, raw(stdout));
  probe.recognises?.(stdout);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

/** A 10 MB line is longer than any limit of bytes, and still no reason to hang. */
test.each(probes)('B12/81 the parser of $id gets through 10 MB', ({ probe, seeds }) => {
  const line = (seeds[0]?.split('\n')[0] ?? '') || 'a b';
  check(probe, raw(line.repeat(Math.ceil((10 * MEGABYTE) / line.length))));
  check(probe, raw(`${line}\n`.repeat(Math.ceil((10 * MEGABYTE) / (line.length + 1)))));
});

test('a parser that goes back over what it has read is found', () => {
  const [probe] = probes.map((one) => one.probe);
  if (probe === undefined) throw new Error('no probe');
  const bad: AnyProbe = {
    ...probe,
    recognises: () => true,
    parse: ({ stdout }) => / +$/.test(stdout),
  };
  const spaces = (size: number): string => `${' '.repeat(size)}.`;
  expect(steepAt(bad, spaces, MEGABYTE / 4)).not.toBeNull();
  expect(
    steepAt({ ...bad, parse: ({ stdout }) => stdout.trim() }, spaces, MEGABYTE / 4),
  ).toBeNull();
});
