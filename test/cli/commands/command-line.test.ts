import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtCli, runCli } from '../../helpers/built.js';

let cwd = '';
const run = (...args: readonly string[]) => runCli(args, { cwd });

beforeAll(async () => {
  await builtCli();
  cwd = mkdtempSync(join(tmpdir(), 'cli-line-'));
  writeFileSync(join(cwd, 'hosts'), '127.0.0.1:1\n');
  writeFileSync(join(cwd, 'intent.yaml'), 'bgp: true\n');
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

const BUNDLE = ['--bundle', 'a-UNSIGNED.tar.gz', '--unsigned'];

describe('what would be left out without a word is refused, before any node is asked', () => {
  test.each([
    // Recorded evidence brings its own nodes.
    [['audit', '--from', 'x', '--inventory', 'hosts'], '--from and --inventory exclude each other'],
    // A flag of the wizard, which the command would not see.
    [['--intent', 'intent.yaml', 'audit', 'a'], '--intent stands before the command.'],
    [['--local', 'audit'], 'Write it behind: calico-ready audit --local …'],
    [['audit', '--inventory', 'hosts', '--inventory', 'hosts'], 'The flag is given twice.'],
    [['explain', '--rules', 'a', '--rules', 'b'], 'The flag is given twice.'],
    [['demo', '--output', ''], "argument '' is invalid. It is empty."],
    [['audit', '--inventory', ''], "argument '' is invalid. It is empty."],
    [['audit', 'a', '--sign-key', 'k'], '--sign-key says how a bundle is made'],
    [['audit', 'a', '--unsigned'], '--unsigned says how a bundle is made'],
    [['demo', '--profile', 'support'], '--profile says how a bundle is made'],
    [['paths', 'a'], 'The command paths is not part of this version.'],
    [
      ['audit', 'a', '--password-fd', '0', '--become-password-fd', '0'],
      'the same file descriptor.',
    ],
    [['audit', 'a', '--become', 'none', '--become-shell'], '--become none and --become-shell'],
    [['audit', 'a', '--identity', '.'], 'The key file . is a directory.'],
    [['fix', '--check', 'kernel/ipip'], 'Name nodes, or --inventory FILE, or --local.'],
  ])('%j', async (args, said) => {
    const ran = await run(...args);
    expect(ran.stderr).toContain(said);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(2);
    expect([ran.code, ran.stdout]).toEqual([3, '']);
  });
});

describe('a result that cannot be delivered is refused before any node is asked', () => {
  test.each([
    [['demo', '--output', 'none/report'], 'Cannot write none/report: there is no such folder.'],
    [['demo', '--output', '.'], 'Cannot write .: it is a directory.'],
    [['demo', '--output', 'hosts/x'], 'Cannot write hosts/x: there is no such folder.'],
    [['demo', '--bundle', 'none/b.tar.gz'], 'Cannot write none/b.tar.gz: there is no such folder.'],
    // A bundle takes the place of what has its name, which a device must not lose.
    [['demo', '--bundle', 'pipe'], 'Cannot write pipe: it is not a regular file.'],
    [
      ['demo', '--output', './a-UNSIGNED.tar.gz', ...BUNDLE],
      '--output and --bundle name the same file.',
    ],
    [['report', 'none', '--output', 'none/x'], 'Cannot write none/x: there is no such folder.'],
    [
      ['audit', 'a', '--bundle', 'b.tar.gz', '--sign-key', 'agent'],
      'There is no SSH agent: SSH_AUTH_SOCK is not set.',
    ],
  ])('%j', async (args, said) => {
    const ran = await run(...args);
    expect(ran.stderr).toContain(said);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(2);
    expect([ran.code, ran.stdout]).toEqual([3, '']);
  });

  test('an output that is a device is written into', async () => {
    const ran = await run('audit', '--inventory', 'hosts', '--output', '/dev/null');
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([2, '', '']);
  });
});

describe.skipIf(!existsSync('/dev/full'))('a standard output that takes nothing', () => {
  test.each(['schema', 'explain', '--help', 'demo', 'audit --inventory hosts'])(
    'of %s ends 3 with one sentence',
    async (line) => {
      const command = [process.execPath, await builtCli(), ...line.split(' ')];
      const child = spawn('sh', ['-c', 'exec "$0" "$@" >/dev/full', ...command], {
        cwd,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (chunk) => (said += String(chunk)));
      const code = await new Promise((done) => child.once('close', done));
      expect(code).toBe(3);
      expect(said.replace(/^DEMO: .*\n/, '')).toBe(
        'calico-ready: Cannot write to standard output: no space is left.\n  Send the output elsewhere, or make room.\n',
      );
    },
  );
});

test.each(['', 'secret', 'secret\n', 'secret\nmore'])(
  'a password on standard input may end as it likes: %j',
  async (input) => {
    const ran = await runCli(['audit', '--inventory', 'hosts', '--password-fd', '0'], {
      cwd,
      input,
    });
    expect([ran.code, ran.stderr]).toEqual([2, '']);
  },
);

test.each([
  [['--yes'], /^note: this is only the plan, nothing was changed; --apply does it\.$/m],
  [[], /^$/],
])('fix %j without --apply is a plan', async (words, said) => {
  const ran = await run('fix', '--inventory', 'hosts', '--check', 'kernel/ipip', ...words);
  expect(ran.code).toBe(0);
  expect(ran.stderr).toMatch(said);
});

test('what was typed is said again without what steers a terminal, and not all of it', async () => {
  const ran = await run('audit', '--format', `\u001b[31m${'x'.repeat(100_000)}`);
  expect(ran.stderr).toContain('\u241b[31mxxx');
  expect(ran.stderr).not.toContain('\u001b');
  expect(ran.stderr.length).toBeLessThan(1000);
});

test.each([
  [['help'], /^Usage: calico-ready \[options\] \[command\]/],
  [['help', 'audit'], /^Usage: calico-ready audit /],
])('%j prints as --help does', async (args, expected) => {
  const ran = await run(...args);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toMatch(expected);
});
