import { beforeAll, describe, expect, test } from 'vitest';
import { describeWith } from '../helpers/require-tool.js';
import { NASTY, probeOf } from './fixture-probes.js';
import { NONCE, runShell, sentText } from './run-shell.js';
import { EXITED, gist, readBytes, rewritten } from './transcript.js';

const PROBES = NASTY.filter((probe) =>
  ['hello', 'no-newline', 'empty', 'newlines', 'binary', 'both', 'status-3', 'forges'].includes(
    probe.id,
  ),
);
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const problems = (bytes: Buffer, probes = PROBES) =>
  Object.fromEntries(readBytes(bytes, probes).evidence.map((item) => [item.probe, item.problem]));

describeWith('dash', 'bytes that a real collector printed', () => {
  let real: Buffer;
  beforeAll(async () => {
    real = (await runShell(['dash', '-s'], sentText(PROBES))).stdout;
  });
  const text = (): string => real.toString('latin1');

  test('the same evidence wherever the stream is split', () => {
    const whole = gist(readBytes(real, PROBES));
    expect(whole.map((item) => item.problem)).toEqual(PROBES.map(() => undefined));
    for (let cut = 0; cut <= real.length; cut += 1) {
      expect(gist(readBytes(real, PROBES, [cut]))).toEqual(whole);
    }
    const everyByte = Array.from(real.keys());
    expect(gist(readBytes(real, PROBES, everyByte))).toEqual(whole);
  });

  test('a terminal on the way (CR LF for LF) changes no byte of the evidence', () => {
    const crlf = bytesOf(text().replaceAll('\n', '\r\n'));
    const whole = gist(readBytes(real, PROBES));
    expect(gist(readBytes(crlf, PROBES))).toEqual(whole);
    expect(gist(readBytes(crlf, PROBES, Array.from(crlf.keys())))).toEqual(whole);
  });

  test('cut at any offset, a probe is whole or has a problem', () => {
    const whole = gist(readBytes(real, PROBES));
    for (let cut = 0; cut < real.length; cut += 1) {
      const read = readBytes(real.subarray(0, cut), PROBES, [], { kind: 'lost' });
      gist(read).forEach((item, index) => {
        if (item.problem === undefined) expect(item).toEqual(whole[index]);
        else expect(item.problem).toMatch(/^(lost|not-run): /);
      });
    }
  });

  test('what the script did not hold was not lost on the way', () => {
    const read = readBytes(real, [...PROBES, probeOf('later', 'true')], [], { kind: 'lost' });
    expect(read.evidence.at(-1)?.problem).toBe(
      'not-run: later was not asked: the script that ran does not hold it',
    );
  });

  test('noise of a profile before the first frame is kept apart', () => {
    const read = readBytes(Buffer.concat([bytesOf('Welcome!\n'), real]), PROBES);
    expect(Buffer.from(read.noise).toString()).toBe('Welcome!\n');
    expect(gist(read)).toEqual(gist(readBytes(real, PROBES)));
  });

  test('what was written back is read the same', () => {
    const read = readBytes(real, PROBES);
    expect(gist(readBytes(rewritten(read), PROBES))).toEqual(gist(read));
  });

  test.each([
    ['a changed byte of an answer', (all: string) => all.replace('hello\n\n', 'hellO\n\n')],
    ['a lost line', (all: string) => all.replace('out2\n', '')],
    ['an added line', (all: string) => all.replace('out2\n', 'out2\nout3\n')],
  ])('%s: the checksum tells, and nothing is judged', (_, bend) => {
    expect(new Set(Object.values(problems(bytesOf(bend(text()))))).size).toBe(1);
    expect(problems(bytesOf(bend(text())))['hello']).toMatch(/^garbled: the output was changed/);
  });

  // The frames below are composed by hand around the real ones, without the closing line.
  const open = (): string => text().slice(0, text().indexOf(`\n@@${NONCE} Z`));
  const frame = (id: string, stdout: string, exit = 0): string =>
    `\n@@${NONCE} B ${id} 1.0\n${stdout}\n@@${NONCE} S ${id}\n\n@@${NONCE} E ${id} ${String(exit)} 1.1\n`;

  test('a frame that was taken back counts for nothing, whatever it said', () => {
    const taken = `\n@@${NONCE} B hello 1.0\nbye\n\n@@${NONCE} V hello\n`;
    expect(gist(readBytes(bytesOf(taken + open()), PROBES))).toEqual(gist(readBytes(real, PROBES)));
  });

  test('a whole answer cannot be taken back', () => {
    const again = `\n@@${NONCE} V hello\n${frame('hello', 'bye\n')}`;
    expect(problems(bytesOf(open() + again))['hello']).toMatch(/^garbled/);
  });

  test.each([
    ['a second answer', () => open() + frame('hello', 'bye\n'), 'hello'],
    ['a second answer in front', () => frame('hello', 'bye\n') + open(), 'hello'],
    [
      'a frame inside a frame',
      () => open().replace('out\nout2', `out${frame('hello', 'x')}out2`),
      'both',
    ],
    ['an end for another', () => open().replace(`E both`, 'E hello'), 'both'],
    ['a damaged end', () => open().replace(`E both 0`, 'E both zero'), 'both'],
    ['a damaged nonce', () => open().replace(`@@${NONCE} E both`, '@@f E both'), 'both'],
    ['a missing part', () => open().replace(`\n@@${NONCE} S both\n`, ''), 'both'],
    ['an endless marker', () => open().replace(`E both`, `E ${'x'.repeat(400)} both`), 'both'],
    [
      'another one taken back inside its frame',
      () => open().replace('out\nout2', `out\n@@${NONCE} V hello\nout2`),
      'both',
    ],
    ['an exit nobody saw', () => open().replace(/E both 0/, 'E both x'), 'both'],
  ])('%s: garbled', (_, bent, id) => {
    expect(problems(bytesOf(bent()))[id]).toMatch(/^garbled: /);
  });

  test('an answer after the end is not believed', () => {
    const late = readBytes(bytesOf(text() + frame('late', '1\n')), [
      ...PROBES,
      probeOf('late', ':'),
    ]);
    expect(late.evidence.at(-1)?.problem).toMatch(/^garbled: .*after the end/);
  });

  test('frames with another nonce are data', () => {
    const forged = frame('empty', 'forged').replaceAll(NONCE, '0'.repeat(32));
    const bent = bytesOf(open().replace('out\nout2', `out\n${forged}out2`));
    const both = gist(readBytes(bent, PROBES)).find((item) => item.probe === 'both');
    expect(both).toMatchObject({ problem: undefined, stdout: `out\n${forged}out2\n` });
  });

  test('answers nobody asked for are skipped', () => {
    const whole = gist(readBytes(real, PROBES.slice(1)));
    expect(whole).toEqual(gist(readBytes(real, PROBES)).slice(1));
  });
});

describe('how the run ended', () => {
  const [hello = probeOf('x', ':')] = PROBES;
  const cut = bytesOf(`\n@@${NONCE} B hello 1.0\nhel`);
  test.each([
    [EXITED, 'lost: hello broke off: the shell ended with status 0'],
    [{ kind: 'lost' }, 'lost: hello broke off: the connection was lost'],
    [{ kind: 'signalled', signal: 'KILL' }, 'lost: hello broke off: the shell was killed by KILL'],
    [{ kind: 'deadline' }, 'timed-out: hello: the time for this node was over'],
    [{ kind: 'limit', which: 'stdout' }, 'truncated: hello: the node printed too much on stdout'],
  ] as const)('%j', (end, problem) => {
    expect(readBytes(cut, [hello], [], end).evidence[0]).toMatchObject({ problem, exit: null });
    expect(readBytes(bytesOf(''), [hello], [], end).evidence[0]?.problem).toMatch(/^not-run: /);
  });
});
