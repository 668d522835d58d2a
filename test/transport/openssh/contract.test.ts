import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancelledError } from '../../../src/domain/errors.js';
import type { Session } from '../../../src/domain/transport.js';
import { addUser, authorize, makeKey, missingForSshd, startSshd } from '../../helpers/sshd.js';
import type { Sshd, TestUser } from '../../helpers/sshd.js';
import { nodeAt, run } from '../ssh/rig.js';
import { openRig, processesNaming, type OpenRig } from './rig.js';

const missing = missingForSshd('/usr/sbin/useradd', '/usr/bin/sudo');

describe.skipIf(missing !== null).each(['ssh2', 'openssh'] as const)(
  `one contract for both transports: %s ${missing ?? ''}`,
  (kind) => {
    let sshd: Sshd;
    let user: TestUser;
    let mine: OpenRig;
    let session: Session;
    const rig = (answers: readonly (string | null)[] = []): OpenRig =>
      openRig(
        mkdtempSync(join(sshd.folder, 'case-')),
        { identityFiles: [join(sshd.folder, 'id')] },
        answers,
        kind,
      );
    beforeAll(async () => {
      sshd = await startSshd();
      user = addUser({ sudoers: ['%u ALL=(ALL) ALL'] });
      const line = makeKey(join(sshd.folder, 'id'), 'ed25519');
      authorize(sshd, user.name, line);
      authorize(sshd, 'root', line);
      mine = rig();
      session = await mine.open(nodeAt(sshd.port, user.name));
    });
    afterAll(async () => {
      await session.close();
      expect(readdirSync(mine.runtime)).toEqual([]);
      await sshd.stop();
      user.remove();
    });

    const ENDS = [
      ['echo', 'echo out; echo err >&2', 'out\n', 'err\n', 0],
      ['an exit status', 'exit 7', '', '', 7],
      ['an exit status of 255', 'echo said; exit 255', 'said\n', '', 255],
      ['bytes that are no text', "printf '\\000\\377\\033'", '\0\xff\x1b', '', 0],
      ['no output at all', ':', '', '', 0],
      ['no final newline', 'printf x', 'x', '', 0],
    ] as const;
    test.each(ENDS)('%s', async (_, script, stdout, stderr, code) => {
      const ran = await run(session, `${script}\n`);
      expect([ran.end, ran.stdout.toString('latin1'), ran.stderr.toString('latin1')]).toEqual([
        { kind: 'exited', code },
        stdout,
        stderr,
      ]);
    });

    test('B12/72 five megabytes on either stream arrive whole', async () => {
      const flood = 'head -c 5000000 /dev/zero';
      const ran = await run(session, `${flood} >&2; ${flood}\n`);
      expect([ran.end, ran.stdout.length, ran.stderr.length]).toEqual([
        { kind: 'exited', code: 0 },
        5_000_000,
        5_000_000,
      ]);
    });

    test.each(['stdout', 'stderr'] as const)(
      'B12/70 endless %s is cut at the limit',
      async (which) => {
        const ran = await run(session, `yes >&${which === 'stdout' ? '1' : '2'}\n`, {
          maxStdout: 100_000,
          maxStderr: 100_000,
        });
        expect(ran.end).toEqual({ kind: 'limit', which });
        expect(ran[which].length).toBe(100_000);
        expect((await run(session, 'echo still\n')).stdout.toString()).toBe('still\n');
      },
    );

    test('a deadline ends the run and not the connection', async () => {
      const ran = await run(session, 'echo begun; exec sleep 5\n', { deadlineMs: 700 });
      expect([ran.end, ran.stdout.toString()]).toEqual([{ kind: 'deadline' }, 'begun\n']);
      expect((await run(session, 'echo still\n')).stdout.toString()).toBe('still\n');
    });

    test('B12/85 an abort ends the run', async () => {
      const stop = new AbortController();
      const ran = run(
        session,
        'echo begun; exec sleep 5\n',
        {
          onStdout: () => {
            stop.abort();
          },
        },
        stop.signal,
      );
      await expect(ran).rejects.toBeInstanceOf(CancelledError);
    });

    test('B12/64 a shell that is killed was signalled, which is no exit', async () => {
      const { end } = await run(session, 'kill -9 $$\n');
      // ssh tells its clients that there was a signal, not which (clientloop.c: exit-signal is not read).
      const signal = kind === 'ssh2' ? 'SIGKILL' : 'a signal without a name';
      expect(end).toEqual({ kind: 'signalled', signal });
    });

    test('a script larger than the window of a channel arrives whole', async () => {
      const filler = '# '.padEnd(1000, 'x').concat('\n').repeat(4000);
      const ran = await run(session, `${filler}echo the end\n`);
      expect([ran.end, ran.stdout.toString()]).toEqual([{ kind: 'exited', code: 0 }, 'the end\n']);
    });

    test('a server that refuses a shell', async () => {
      const shut = await startSshd(['MaxSessions 0']);
      authorize(shut, 'root', readFileSync(join(sshd.folder, 'id.pub'), 'utf8').trim());
      const other = await rig().open(nodeAt(shut.port));
      const { end } = await run(other, 'echo no\n');
      await other.close();
      await shut.stop();
      expect(end).toMatchObject({
        kind: 'refused',
        why: expect.stringMatching(/^refused: the server refused to run a shell/) as string,
      });
    });

    test('B12/67 a connection that breaks is lost, and stays so', async () => {
      const other = await rig().open(nodeAt(sshd.port, 'root'));
      const ran = await run(other, 'kill -9 $PPID; sleep 30\n');
      expect(ran.end).toEqual({ kind: 'lost' });
      expect((await run(other, 'echo no\n')).end).toEqual({ kind: 'lost' });
      await other.close();
    });

    test('root by sudo: the password is asked once, and shows nowhere', async () => {
      const own = rig([user.password]);
      const other = await own.open(nodeAt(sshd.port, user.name));
      const spy = 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "; env; id -u; exit 3\n';
      const ran = await run(other, spy, { runAs: 'root' });
      const again = await run(other, 'id -u\n', { runAs: 'login' });
      await other.close();
      expect([ran.end, again.stdout.toString().trim() === '0']).toEqual([
        { kind: 'exited', code: 3 },
        false,
      ]);
      expect(ran.stdout.toString()).toMatch(/\n0\n$/);
      expect(ran.stdout.toString() + ran.stderr.toString()).not.toContain(user.password);
      expect(own.asked.map(({ kind: what }) => what)).toEqual(['sudo-password']);
      expect(other.peer.privilege).toBe('sudo-password');
    });

    test('root by a wrong password is refused, and the script does not begin', async () => {
      const other = await rig(['wrong-S3cret']).open(nodeAt(sshd.port, user.name));
      const ran = await run(other, 'echo begun\n', { runAs: 'root' });
      await other.close();
      expect(ran.end).toEqual({
        kind: 'refused',
        why: 'no-privilege: the password for sudo is wrong',
      });
      expect(ran.stdout.toString()).toBe('');
    });

    test('who was reached, and how', () => {
      expect(session.peer).toMatchObject({
        transport: kind,
        host: '127.0.0.1',
        port: sshd.port,
        user: user.name,
        authMethod: 'publickey',
        authKey: expect.stringMatching(/^SHA256:/) as string,
        address: '127.0.0.1',
        serverVersion: expect.stringMatching(/^OpenSSH_/) as string,
        hostKey: { type: 'ssh-ed25519', trustedBy: expect.any(String) as string },
      });
      expect(Object.keys(session.peer.algorithms ?? {})).toEqual(
        expect.arrayContaining(['kex', 'serverHostKey', 'cipher-in', 'cipher-out']),
      );
      const printed = execFileSync('ssh-keygen', ['-lf', join(sshd.folder, 'host_ed25519.pub')]);
      expect(printed.toString()).toContain(session.peer.hostKey?.fingerprint);
    });

    test('no process and no folder outlive a closed session', async () => {
      const own = rig();
      const other = await own.open(nodeAt(sshd.port, user.name));
      await other.close();
      expect(readdirSync(own.runtime)).toEqual([]);
      // The shell that watched over ssh is on its way out.
      await expect.poll(() => processesNaming(own.runtime)).toEqual([]);
    });
  },
);
