import { expect, test } from 'vitest';
import { answersOf } from '../../src/engine/answers.js';
import type { Said } from '../helpers/check-tester.js';
import { nodeEvidence, PROBES } from './fixtures.js';

const BIG = '1'.repeat(5000);

test.each<readonly [string, Said, string]>([
  ['a clean answer', '1\n', 'known'],
  ['pasted output', { stdout: '1\n', exit: null }, 'known'],
  ['a problem', { stdout: '1\n', problem: 'lost: x' }, 'lost: x'],
  ['another status', { stdout: '1\n', exit: 1 }, 'garbled: rooted ended with status 1'],
  [
    'a missing tool',
    { exit: 127, stderr: 'sh: x: not found' },
    'tool-missing: rooted (sh: x: not found)',
  ],
  ['not executable', { exit: 126 }, 'denied: rooted'],
  ['too long', { stdout: BIG }, 'truncated: rooted printed more than 4096 bytes'],
  ['not the expected form', 'one\n', 'garbled: rooted: expected one number'],
  [
    'escapes in an error',
    { exit: 1, stderr: '\x1b[2J' },
    'garbled: rooted ended with status 1 (␛[2J)',
  ],
  ['sudo wants a password', { exit: 1, stderr: 'sudo: a password is required\n' }, 'denied: '],
  [
    'sudo refused one of several commands',
    { stdout: '1\n', stderr: 'sudo: a password is required\n' },
    'denied: ',
  ],
  [
    'sudo refused, and as_root says which command it was',
    {
      exit: 1,
      stderr: 'sudo: a password is required\n(status 1 of sudo -n -- /usr/sbin/nft list tables)\n',
    },
    'denied: rooted needs root, and /usr/sbin/nft list tables was refused (sudo: a password is required)',
  ],
  // From the source of sudo-rs 0.2 (src/common/error.rs).
  [
    'sudo-rs wants a password',
    { exit: 1, stderr: 'sudo: interactive authentication is required\n' },
    'denied: ',
  ],
  [
    'a command that ended with 1 by itself',
    { exit: 1, stderr: '(status 1 of sudo -n -- /bin/grep x y)\n' },
    'garbled: ',
  ],
  ['doas refused', { exit: 1, stderr: 'doas: Operation not permitted\n' }, 'denied: '],
  [
    'nothing may become root',
    { stdout: '1\n', stderr: 'as_root: /bin/echo needs root, and x\n' },
    'denied: ',
  ],
  [
    'the word sudo elsewhere',
    { stdout: '1\n', stderr: 'note: sudo: a password is required\n' },
    'known',
  ],
])('%s', (_, said, expected) => {
  const answer = answersOf(PROBES, nodeEvidence('n', { rooted: said })).get('rooted');
  expect(answer?.state === 'unknown' ? answer.reason : answer?.state).toContain(expected);
});

test('what was not run, not reached or answered twice is unknown', () => {
  const node = nodeEvidence('n', { a: '1\n' });
  const twice = { ...node, evidence: [...node.evidence, ...node.evidence] };
  expect(answersOf(PROBES, node).get('b')).toMatchObject({ reason: 'not-run: b was not run' });
  expect(answersOf(PROBES, twice).get('a')).toMatchObject({
    reason: 'garbled: a was answered twice',
  });
  expect(answersOf(PROBES, nodeEvidence('n', 'refused: x')).get('a')).toMatchObject({
    reason: 'refused: x',
  });
});
