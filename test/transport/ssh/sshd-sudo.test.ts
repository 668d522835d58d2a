import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../../src/domain/transport.js';
import { addUser, authorize, makeKey, missingForSshd, startSshd } from '../../helpers/sshd.js';
import type { Sshd, TestUser } from '../../helpers/sshd.js';
import { nodeAt, rig, run, type Ran, type Rig } from './rig.js';

const missing = missingForSshd('/usr/sbin/useradd', '/usr/bin/sudo');

describe.skipIf(missing !== null)(`becoming root at a real sshd ${missing ?? ''}`, () => {
  let sshd: Sshd;
  const users: TestUser[] = [];

  beforeAll(async () => {
    sshd = await startSshd();
    makeKey(join(sshd.folder, 'id'), 'ed25519');
  });
  afterAll(async () => {
    await sshd.stop();
    for (const user of users) user.remove();
  });

  const user = (...sudoers: readonly string[]): TestUser => {
    const made = addUser({ sudoers });
    users.push(made);
    return made;
  };

  async function asRoot(
    who: TestUser | 'root',
    answers: readonly (string | null)[],
    change: Partial<Rig['options']> = {},
    script = 'id -u; echo to-stderr >&2; exit 3\n',
  ): Promise<Ran & { rig: Rig; session: Session }> {
    const name = who === 'root' ? who : who.name;
    authorize(sshd, name, readFileSync(join(sshd.folder, 'id.pub'), 'utf8').trim());
    const path = mkdtempSync(join(sshd.folder, 'case-'));
    const mine = rig(path, { identityFiles: [join(sshd.folder, 'id')], ...change }, answers);
    const session = await mine.open(nodeAt(sshd.port, name));
    const ran = await run(session, script, { runAs: 'root' });
    await session.close();
    return { ...ran, rig: mine, session };
  }

  test('root needs no sudo', async () => {
    const { end, stdout, stderr, session } = await asRoot('root', []);
    expect([end, stdout.toString(), stderr.toString()]).toEqual([
      { kind: 'exited', code: 3 },
      '0\n',
      'to-stderr\n',
    ]);
    expect(session.peer.privilege).toBe('root-login');
  });

  test('sudo without a password asks nothing', async () => {
    const {
      end,
      stdout,
      stderr,
      session,
      rig: mine,
    } = await asRoot(user('%u ALL=(ALL) NOPASSWD: ALL'), []);
    expect([end, stdout.toString(), stderr.toString()]).toEqual([
      { kind: 'exited', code: 3 },
      '0\n',
      'to-stderr\n',
    ]);
    expect(session.peer.privilege).toBe('sudo');
    expect(mine.asked).toEqual([]);
  });

  test('a rule for exactly our command suffices', async () => {
    const { end, session } = await asRoot(user('%u ALL=(root) NOPASSWD: /bin/sh -s'), []);
    expect(end).toEqual({ kind: 'exited', code: 3 });
    expect(session.peer.privilege).toBe('sudo');
  });

  test('sudo with a password: asked once, written only to the prompt, seen nowhere', async () => {
    const who = user('%u ALL=(ALL) ALL');
    const spy =
      'tr "\\0" " " < /proc/$PPID/cmdline; cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "; env; id -u\n';
    const { end, stdout, stderr, session, rig: mine } = await asRoot(who, [who.password], {}, spy);
    expect(end).toEqual({ kind: 'exited', code: 0 });
    expect(stdout.toString()).toMatch(/\n0\n$/);
    expect(stdout.toString()).toContain('sudo -k -S -p');
    expect(`${stdout.toString()}${stderr.toString()}`).not.toContain(who.password);
    expect(stderr.toString()).toBe('');
    expect(mine.asked.map(({ kind, node }) => [kind, node])).toEqual([['sudo-password', 'n1']]);
    expect(session.peer.privilege).toBe('sudo-password');
    expect(sshd.log()).not.toContain(who.password);
    for (const log of readdirSync('/var/log').filter((name) => name.startsWith('auth.log'))) {
      expect(readFileSync(join('/var/log', log), 'utf8')).not.toContain(who.password);
    }
  });

  test('a wrong password is tried once and the script does not begin', async () => {
    const { end, stdout, stderr } = await asRoot(user('%u ALL=(ALL) ALL'), ['wrong-S3cret']);
    expect(end).toEqual({ kind: 'refused', why: 'no-privilege: the password for sudo is wrong' });
    expect(stdout.toString() + stderr.toString()).toBe('');
  });

  test('nobody answers: the reason says so', async () => {
    const { end } = await asRoot(user('%u ALL=(ALL) ALL'), [null]);
    expect(end).toEqual({
      kind: 'refused',
      why: 'no-privilege: sudo wants a password and none was given',
    });
  });

  test('not in sudoers is only told after a password, which then becomes no command', async () => {
    const who = user();
    const { end, stdout, stderr } = await asRoot(who, [who.password]);
    expect(end).toEqual({ kind: 'refused', why: 'no-privilege: the user is not in sudoers' });
    expect(stdout.toString() + stderr.toString()).toBe('');
  });

  test('requiretty and a rule for other commands are named', async () => {
    const tty = await asRoot(user('Defaults:%u requiretty', '%u ALL=(ALL) NOPASSWD: ALL'), []);
    expect(tty.end).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('requiretty') as string,
    });
    const who = user('%u ALL=(ALL) /usr/bin/id');
    const other = await asRoot(who, [who.password]);
    expect(other.end).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('does not let the user run') as string,
    });
  });

  test('a lecture before the prompt is not taken for output', async () => {
    const who = user('Defaults:%u lecture=always', '%u ALL=(ALL) ALL');
    const { end, stdout, stderr } = await asRoot(who, [who.password]);
    expect([end, stdout.toString(), stderr.toString()]).toEqual([
      { kind: 'exited', code: 3 },
      '0\n',
      'to-stderr\n',
    ]);
  });

  test('become none refuses without trying', async () => {
    const { end } = await asRoot(user('%u ALL=(ALL) NOPASSWD: ALL'), [], { become: 'none' });
    expect(end).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/^no-privilege: /) as string,
    });
  });

  const SHELLS = [
    ['/usr/bin/fish', { kind: 'exited', code: 3 }],
    ['/usr/bin/tcsh', { kind: 'exited', code: 3 }],
    [
      '/bin/rbash',
      { kind: 'refused', why: expect.stringMatching(/^restricted-shell: /) as string },
    ],
    ['/usr/sbin/nologin', { kind: 'refused', why: expect.stringMatching(/^no-login: /) as string }],
  ] as const;
  for (const [shell, expected] of SHELLS) {
    test.skipIf(missingForSshd(shell) !== null)(`the login shell ${shell}`, async () => {
      const who = addUser({ shell, sudoers: ['%u ALL=(ALL) ALL'] });
      users.push(who);
      const { end } = await asRoot(who, [who.password]);
      expect(end).toMatchObject(expected);
    });
  }
});
