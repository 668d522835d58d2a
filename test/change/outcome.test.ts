import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJournalList } from '../../src/change/journal.js';
import { parseChangeResult, type Asked } from '../../src/change/outcome.js';
import type { RunEnd } from '../../src/domain/transport.js';

const N = '0123456789abcdef0123456789abcdef';
const asked: Asked = { verb: 'apply', node: 'n1', nonce: N, changeId: 'c1' };
const ok: RunEnd = { kind: 'exited', code: 0 };
const bad: RunEnd = { kind: 'exited', code: 1 };

/** Composed by hand in the form that the script prints (the round-trip tests read what it really prints). */
const account = (lines: readonly string[]): string =>
  ['begin apply c1', ...lines, 'end'].map((line) => `@@${N} ${line}\n`).join('');
const APPLIED = account(['step prepared', 'step applied', 'result applied c1 complete ']);

test('a whole account of an applied change', () => {
  expect(parseChangeResult(APPLIED, ok, asked)).toEqual({
    phase: 'applied',
    message: 'The change is in place; its way back is in /var/lib/calico-ready/changes/c1.',
    changeId: 'c1',
    steps: ['prepared', 'applied'],
  });
});

test('noise before and carriage returns of a terminal do no harm', () => {
  const noisy = `Welcome!\n${APPLIED}`.replaceAll('\n', '\r\n');
  expect(parseChangeResult(noisy, ok, asked).phase).toBe('applied');
});

describe('never applied, always uncertain', () => {
  const wrong = N.replace('0', 'f');
  test.each<[string, string, RunEnd]>([
    ['the connection was lost after the end', APPLIED, { kind: 'lost' }],
    ['the deadline passed', APPLIED, { kind: 'deadline' }],
    ['the script was killed', APPLIED, { kind: 'signalled', signal: 'KILL' }],
    ['too much was printed', APPLIED, { kind: 'limit', which: 'stdout' }],
    ['refused, yet something was said', APPLIED, { kind: 'refused', why: 'denied: sudo' }],
    ['the exit status contradicts', APPLIED, bad],
    ['nothing was printed', '', ok],
    ['another nonce', APPLIED.replaceAll(N, wrong), ok],
    ['another change', APPLIED.replaceAll('c1', 'c2'), ok],
    ['no begin', APPLIED.slice(APPLIED.indexOf('\n') + 1), ok],
    ['two results', account(['result failed c1 busy ', 'result applied c1 complete ']), ok],
    ['the same result twice', APPLIED + APPLIED, ok],
    ['something after the end', `${APPLIED}@@${N} step more\n`, ok],
    ['a result that is not the last', account(['result applied c1 complete ', 'step x']), ok],
    ['applied with a code of a failure', account(['result applied c1 put-back x']), ok],
    ['a failure with the code of a success', account(['result failed c1 complete ']), bad],
    ['undone where applied was asked', account(['result undone c1 complete ']), ok],
    ['a code that nobody knows', account(['result failed c1 new-word ']), bad],
    ['a name every object has', account(['result failed c1 constructor ']), bad],
    ['not put back', account(['result failed c1 not-put-back x: /etc/x: no room.']), bad],
    ['a failure that ended 0', account(['result failed c1 busy ']), ok],
  ])('%s', (_, stdout, end) => {
    const outcome = parseChangeResult(stdout, end, asked);
    expect(outcome.phase).toBe('uncertain');
    expect(outcome.message).toMatch(/It is not tried again\. Look by hand: ssh n1 'sudo grep/);
  });
});

test('a refused channel changed nothing', () => {
  const end: RunEnd = { kind: 'refused', why: 'no-privilege: a password is required' };
  const outcome = parseChangeResult('', end, asked);
  expect(outcome).toMatchObject({ phase: 'failed', changeId: 'c1' });
  expect(outcome.message).toMatch(/no-privilege: a password is required.*Nothing was changed/);
});

test('an undo of the newest change names what it undid', () => {
  const undo: Asked = { ...asked, verb: 'undo', changeId: '' };
  const text = `@@${N} begin undo newest\n@@${N} result undone c7 complete \n@@${N} end\n`;
  expect(parseChangeResult(text, ok, undo)).toMatchObject({ phase: 'undone', changeId: 'c7' });
  expect(parseChangeResult(text.replace('c7', '-'), ok, undo).phase).toBe('uncertain');
});

test('no escape sequence of a node gets through', () => {
  const stdout = account(['step \u001b]52;c;x\u0007', 'result failed c1 put-back \u001b[2J\u202e']);
  const outcome = parseChangeResult(stdout, bad, asked);
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  expect(JSON.stringify([outcome.message, outcome.steps])).not.toMatch(/[\u001b\u0007\u202e]/);
  expect(outcome.message).not.toContain('\u001b');
});

test('property: no cut, and no change of a byte but in a detail, makes anything applied', () => {
  const failed = account(['step prepared', 'result failed c1 put-back a step ']);
  fc.assert(
    fc.property(fc.nat(APPLIED.length - 1), (cut) => {
      expect(parseChangeResult(APPLIED.slice(0, cut), ok, asked).phase).not.toBe('applied');
    }),
  );
  fc.assert(
    fc.property(fc.nat(failed.length - 1), fc.string({ maxLength: 3 }), (at, put) => {
      const forged = failed.slice(0, at) + put + failed.slice(at + 1);
      for (const end of [ok, bad])
        expect(parseChangeResult(forged, end, asked).phase).not.toBe('applied');
    }),
  );
});

describe('the journal', () => {
  const lines = [
    'begin list',
    'change c2 2 applied 2026-01-31T12:00:00Z a/b way',
    'change c1 1 undone 2026-01-31T11:00:00Z a/b way',
    'total 2',
    'end',
  ];
  const print = (these: readonly string[]): string =>
    these.map((line) => `@@${N} ${line}\n`).join('');

  test('is read oldest first', () => {
    const answer = parseJournalList(print(lines), ok, N);
    expect(answer).toMatchObject({ state: 'known', value: [{ id: 'c1' }, { id: 'c2', order: 2 }] });
  });

  test.each<[string, readonly string[], RunEnd, RegExp]>([
    ['lost', lines, { kind: 'lost' }, /^lost: /],
    ['timed out', lines, { kind: 'deadline' }, /^timed-out: /],
    ['without its end', lines.slice(0, -1), ok, /^garbled: /],
    ['with a missing line', lines.filter((_, index) => index !== 1), ok, /^garbled: /],
    ['with an unknown state', lines.map((l) => l.replace('undone', 'odd')), ok, /^garbled: /],
    ['with a bad id', lines.map((l) => l.replace('c2', '../c2')), ok, /^garbled: /],
    ['with one word more', lines.map((l) => l.replace('way', 'way x')), ok, /^garbled: /],
    ['as another user', ['begin list', 'result failed - not-root ', 'end'], bad, /^no-privilege: /],
  ])('%s is unknown', (_, these, end, why) => {
    const answer = parseJournalList(print(these), end, N);
    expect(answer.state === 'unknown' ? answer.reason : '').toMatch(why);
  });
});
