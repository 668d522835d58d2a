import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuthContext } from 'ssh2';
import type { Report } from '../../../src/domain/report.js';
import { builtCli } from '../../helpers/built.js';
import { Pty, type PtyEnd } from '../../helpers/pty.js';
import { describeWith } from '../../helpers/require-tool.js';
import { makeKey } from '../../helpers/sshd.js';
import { nodeOf } from './account-rig.js';
import { asking, one } from './asking.js';
import { auditArgs, startPeer, type Place } from './recorded-peers.js';

const HOSTILE = '\u001b]52;c;AAAA\u0007\u001b[2J\rPassword for \u202eroot\u009b31m: ';
const keysAlone = (context: AuthContext): void => {
  if (context.method === 'publickey') context.accept();
  else context.reject(['publickey']);
};
const factors = [one('Password: '), one('Code (six digits): ', true)];

/** By name; one after the other, in this order, on one terminal. */
const LOGINS: Readonly<Record<string, (context: AuthContext) => void>> = {
  sealed: keysAlone,
  factors: asking(factors, ['pw-S3cret', '123456']).onAuth,
  declines: asking(factors, ['pw-S3cret', '123456']).onAuth,
  hostile: asking([one(HOSTILE)], ['pw-S3cret']).onAuth,
  megabyte: asking([one('x'.repeat(1_000_000))], []).onAuth,
  changes: asking([one('Password: '), one('New password: ')], []).onAuth,
  healthy: keysAlone,
};

describeWith(['ssh-keygen', 'python3'], 'secrets asked for on a terminal, by the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
  const ends: (() => Promise<void>)[] = [];
  let pty: Pty;
  let end: PtyEnd;
  let report: Report;

  beforeAll(async () => {
    const places: Place[] = [];
    for (const [name, onAuth] of Object.entries(LOGINS)) {
      const { port, stop } = await startPeer({ onAuth });
      ends.push(stop);
      places.push({ name, host: name, port, user: `u-${name}` });
    }
    makeKey(join(folder, 'locked'), 'ed25519', 'sesame');
    const config = [
      ...['Host sealed', `  IdentityFile ${join(folder, 'locked')}`],
      ...['Host healthy', `  IdentityFile ${join(folder, 'any')}`],
      ...['Host *', '  HostName 127.0.0.1', '  IdentityAgent none', ''],
    ].join('\n');
    const out = join(folder, 'report.json');
    const args = ['--concurrency', '1', '--format', 'json', '--output', out];
    const words = auditArgs(folder, places, { config, identity: false, args });
    pty = new Pty(process.execPath, [await builtCli(), ...words], {
      env: { HOME: folder },
      rows: 60,
      columns: 160,
    });
    await pty.waitForText(/sealed: passphrase \(Passphrase of \S+locked\):$/m);
    await pty.go('wrong-S3cret\r', /Wrong\. Passphrase/);
    await pty.go('wrong-S3cret\r', /(Wrong\. Passphrase[^]*){2}/);
    await pty.go(
      'wrong-S3cret\r',
      /factors: SSH password \(u-factors at \S+ is asked: Password:\)/,
    );
    await pty.go(
      'pw-S3cret\r',
      /factors: answer \(u-factors at \S+ is asked: Code \(six digits\):\)/,
    );
    await pty.go('123456\r', /declines: SSH password /);
    await pty.go('pw-S3cret\r', /declines: answer /);
    await pty.go('\u0004', /hostile: SSH password \(u-hostile at \S+ is asked: /);
    await pty.go('pw-S3cret\r', /changes: SSH password /);
    pty.press('pw-S3cret\r');
    end = await pty.exit();
    report = JSON.parse(readFileSync(out, 'utf8')) as Report;
  }, 90_000);
  afterAll(async () => {
    await pty.close();
    for (const stop of ends) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    [
      'B12/42 a wrong passphrase, three times',
      'sealed',
      /^auth-failed: .*The passphrase does not open the key file/,
    ],
    ['B12/45 a second factor that is declined', 'declines', /^auth-failed: .*was declined/],
    ['B12/46 a prompt of 1 MB', 'megabyte', /^lost: .*broke during login/],
    [
      'B12/48 a change of password is asked for',
      'changes',
      /the password of u-changes has expired$/,
    ],
  ])('%s', (_title, name, says) => {
    const node = nodeOf(report, name);
    expect(node.reason).toMatch(says);
    expect([node.reached, node.readiness]).toEqual([false, 'unknown']);
    expect(node.findings[0]?.toKnow).toMatch(/./);
  });

  test.each([
    ['B12/45 two factors in two rounds', 'factors'],
    ['B12/46 a prompt with escapes', 'hostile'],
    ['the healthy node beside them', 'healthy'],
  ])('%s: ready', (_title, name) => {
    expect([nodeOf(report, name).reason, nodeOf(report, name).readiness]).toEqual([
      undefined,
      'ready',
    ]);
  });

  test('B12/42 B12/45 B12/46 B12/48 ends with 2, the terminal as it was', () => {
    expect(end).toEqual({ code: 2, modesRestored: true });
  });

  test('B12/45 B12/46 what is asked is visible text; a password is not shown, a code with echo is', () => {
    expect(pty.bytes).toContain('123456');
    expect(pty.bytes).not.toContain('S3cret');
    expect(JSON.stringify(report)).not.toContain('S3cret');
    // What readline itself sends to move the cursor is no word of the server's.
    // eslint-disable-next-line no-control-regex -- that none is there
    expect(pty.bytes).not.toMatch(/\u001b\]|\u001b\[2J|\u009b|\u202e/);
    expect(pty.bytes).toContain('Password for');
  });
});
