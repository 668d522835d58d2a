import { describe, expect, test } from 'vitest';
import { checkOfRule, type Expectation, type OwnRule } from '../../../src/cli/rules/own-rule.js';
import type { Intent } from '../../../src/domain/intent.js';
import { judged, pasted, type Said } from '../../helpers/check-tester.js';

const rule = (part: Partial<OwnRule>): OwnRule => ({
  id: 'own/thing',
  title: 'A thing is right',
  why: 'It must be.',
  severity: 'required',
  command: 'thing --version',
  timeoutSeconds: 5,
  root: false,
  exits: [],
  expect: { kind: 'equals', text: 'yes' },
  when: {},
  date: '2026-11-22',
  ...part,
});
const verdict = (
  expectation: Expectation,
  said: Said,
  part: Partial<OwnRule> = {},
  intent: Partial<Intent> = {},
) => judged(checkOfRule(rule({ expect: expectation, ...part })), { 'own-thing': said }, intent);

describe('a rule', () => {
  const version: Expectation = { kind: 'version', range: '>=1.7 <3' };
  const number: Expectation = { kind: 'number', min: 2, max: 4.5 };
  test.each<[string, Expectation, Said, string, string?]>([
    ['equals', { kind: 'equals', text: 'yes' }, 'yes\n', 'pass'],
    ['equals, pasted with CRLF', { kind: 'equals', text: 'yes' }, pasted('yes\r\n'), 'pass'],
    ['not equal', { kind: 'equals', text: 'yes' }, 'yes sir\n', 'fail', 'it printed yes sir'],
    ['nothing where nothing is wanted', { kind: 'equals', text: '' }, '', 'pass'],
    ['a pattern in one of the lines', { kind: 'pattern', pattern: '^b$' }, 'a\nb\nc\n', 'pass'],
    ['no such pattern', { kind: 'pattern', pattern: '^d$' }, 'a\n', 'fail'],
    // What containerd 1.7 of Debian and of its own makers print.
    [
      'a version in the range',
      version,
      'containerd github.com/containerd/containerd 1.7.24~ds1 1.7.24~ds1-6\n',
      'pass',
    ],
    [
      'a version with a v',
      version,
      'containerd containerd.io v2.0.1 88aa2f5\n',
      'pass',
      'version 2.0.1',
    ],
    ['an older one', version, 'containerd 1.6.20\n', 'fail', 'version 1.6.20'],
    ['no version', version, 'containerd, built from source 5\n', 'unknown'],
    ['a number between', number, 'load 3.5 now\n', 'pass', '3.5'],
    ['a number outside', number, '5\n', 'fail', '5'],
    ['no number', number, 'node7 is 0x11\n', 'unknown'],
    ['a missing tool', number, { exit: 127, stderr: 'thing: not found' }, 'unknown'],
    ['a bad end', number, { stdout: '3\n', exit: 1 }, 'unknown'],
    ['a cut output', number, { stdout: '3'.repeat(70_000) }, 'unknown'],
  ])('%s', (_, expectation, said, status, found) => {
    const result = verdict(expectation, said);
    expect(result.verdict.status).toBe(status);
    if (found !== undefined) expect(result.verdict).toMatchObject({ found });
  });

  test('takes other exit statuses when it says so', () => {
    const said = { stdout: '0\n', exit: 1 };
    expect(verdict({ kind: 'number', max: 0 }, said, { exits: [1] }).verdict.status).toBe('pass');
  });

  test('is for the intents it names', () => {
    const part = { when: { encapsulation: ['vxlan'], bgp: [false] } };
    const off = verdict({ kind: 'equals', text: 'x' }, 'x', part, {
      encapsulation: 'vxlan',
      bgp: true,
    });
    expect(off.verdict).toMatchObject({
      status: 'not-applicable',
      found: 'the rule is for bgp: false',
    });
    const on = verdict({ kind: 'equals', text: 'x' }, 'x', part, {
      encapsulation: 'vxlan',
      bgp: false,
    });
    expect(on.verdict.status).toBe('pass');
  });

  test('shows its fix, which is done by hand', () => {
    const { fixes } = verdict({ kind: 'equals', text: 'x' }, 'y', { fix: 'Write x.' });
    expect(fixes).toMatchObject([{ way: 'own', byHandOnly: true, byHand: 'Write x.', files: [] }]);
  });

  test('says that it is the operator’s own', () => {
    const { id, sources } = checkOfRule(rule({}));
    expect([id, sources[0].page, sources[0].says]).toEqual([
      'own/thing',
      'own rule',
      'thing --version: the output is "yes"',
    ]);
  });
});
