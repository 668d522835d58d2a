import { describe, expect, test } from 'vitest';
import { classifySilence } from '../../src/collect/classify.js';
import { describeWith } from '../helpers/require-tool.js';
import { runShell } from './run-shell.js';

const exited = (code: number) => ({ kind: 'exited', code }) as const;

describe('a node that ran nothing of the collector', () => {
  test.each([
    ['', '', exited(1), 'no-login: the login shell ended with status 1'],
    ['', '', exited(0), 'no-login: '],
    ['{"version": 1}\n', '', exited(0), 'forced-command: another command answered'],
    ['', 'fish: Unknown command: exec\n', exited(127), 'restricted-shell: '],
    ['', '', { kind: 'lost' }, 'lost: the connection was lost before the collector began'],
    ['', '', { kind: 'signalled', signal: 'KILL' }, 'lost: the shell was killed by KILL'],
    ['', '', { kind: 'deadline' }, 'timed-out: '],
    ['x', '', { kind: 'limit', which: 'stdout' }, 'truncated: '],
    [
      '',
      '',
      { kind: 'refused', why: 'no-privilege: sudo wants a password' },
      'no-privilege: sudo wants a password',
    ],
    ['', '', { kind: 'refused', why: 'channel refused' }, 'refused: channel refused'],
  ] as const)('%j %j %j', (stdout, stderr, end, expected) => {
    expect(classifySilence(stdout, stderr, end)).toContain(expected);
  });

  test('what it said is made visible and cut', () => {
    const said = classifySilence(`\x1b]52;c;x\x07${'a'.repeat(1000)}`, '', exited(0));
    expect(said).toContain('␛]52');
    expect(said.length).toBeLessThan(250);
  });
});

describeWith(['bash', 'nologin'], 'real login shells', () => {
  test('a restricted bash', async () => {
    const { stdout, stderr, code } = await runShell(
      ['bash', '--restricted', '-c', 'exec /bin/sh -s'],
      '',
    );
    expect(classifySilence(stdout.toString(), stderr, exited(code ?? -1))).toMatch(
      /^restricted-shell: /,
    );
  });

  test('nologin', async () => {
    const { stdout, stderr, code } = await runShell(['nologin'], '');
    expect(classifySilence(stdout.toString(), stderr, exited(code ?? -1))).toMatch(
      /^no-login: .*not available/,
    );
  });
});
