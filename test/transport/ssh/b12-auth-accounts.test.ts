import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import {
  addUser,
  authorize,
  makeKey,
  startSshd,
  type Sshd,
  type TestUser,
} from '../../helpers/sshd.js';
import { nodeAt, rig, run } from './rig.js';

describeAsRoot('accounts at a real sshd, as root', () => {
  describeWith(['sshd', 'useradd', 'usermod', 'passwd', 'chage'], 'accounts', () => {
    let sshd: Sshd;
    let healthy: TestUser;
    const users: TestUser[] = [];
    const folder = (): string => mkdtempSync(join(sshd.folder, 'case-'));
    const someone = (): TestUser => {
      const user = addUser();
      users.push(user);
      return user;
    };
    beforeAll(async () => {
      sshd = await startSshd();
      healthy = someone();
      makeKey(join(sshd.folder, 'id'), 'ed25519');
    });
    afterAll(async () => {
      await sshd.stop();
      for (const user of users) user.remove();
    });

    const CASES = [
      {
        name: 'B12/48 the password has expired (chage -d 0)',
        break: (user: string) => ['chage', '-d', '0', user],
        says: /the password of \w+ has expired$/,
        next: /Log in by hand and change the password/,
      },
      {
        name: 'B12/49 the password is locked (passwd -l)',
        break: (user: string) => ['passwd', '-q', '-l', user],
        says: /no login as \w+ \(tried: keyboard-interactive; the server takes: /,
        next: /whether the account is locked or has expired \(passwd -S \w+\)/,
      },
      {
        name: 'B12/49 the wrong password',
        break: () => ['true'],
        password: 'wrong-S3cret',
        says: /no login as \w+ \(tried: keyboard-interactive; the server takes: /,
        next: /Check the user name and the password/,
      },
      {
        name: 'B12/49 no such user: told like a wrong password',
        break: () => ['true'],
        user: 'nobody-of-that-name',
        says: /no login as nobody-of-that-name \(tried: keyboard-interactive/,
        next: /Check the user name and the password/,
      },
      {
        name: 'B12/49 the account has expired (usermod -e)',
        break: (user: string) => ['usermod', '-e', '1970-01-02', user],
        says: /^auth-failed: /,
        next: /account/,
      },
    ];

    test.each(CASES)('$name; another account of the same node is let in', async (row) => {
      const user = someone();
      const [program = '', ...args] = row.break(user.name);
      execFileSync(program, args);
      const name = row.user ?? user.name;
      const secrets: Record<string, string> = {
        n1: row.password ?? user.password,
        n2: healthy.password,
      };
      const mine = rig(folder(), {
        broker: { ask: ({ node }) => Promise.resolve(secrets[node] ?? null) },
      });
      const [failure, session] = await Promise.all([
        mine.failure(nodeAt(sshd.port, name)),
        mine.open({ ...nodeAt(sshd.port, healthy.name), name: 'n2' }),
      ]);
      expect(failure.reason).toMatch(row.says);
      expect(failure.nextStep).toMatch(row.next);
      expect(`${failure.message}${failure.nextStep}${sshd.log()}`).not.toContain(secrets['n1']);
      expect((await run(session, 'id -un\n')).stdout.toString()).toBe(`${healthy.name}\n`);
      await session.close();
    });

    test.each(['publickey,password', 'publickey,keyboard-interactive', 'password,publickey'])(
      'B12/47 partial success: %s, all of it, and told when half is missing',
      async (methods) => {
        const user = someone();
        const server = await startSshd([`AuthenticationMethods ${methods}`]);
        const key = join(server.folder, 'id');
        try {
          authorize(server, user.name, makeKey(key, 'ed25519'));
          const place = nodeAt(server.port, user.name);
          const session = await rig(folder(), { identityFiles: [key] }, [user.password]).open(
            place,
          );
          expect(session.peer.authMethod).toBe(methods);
          expect(session.peer.authKey).toMatch(/^SHA256:/);
          await session.close();
          const half = await rig(folder(), { identityFiles: [key] }, [null, null]).failure(place);
          expect(half.reason).toMatch(/^auth-failed: .*was declined/);
          const other = await rig(folder(), {}, [user.password]).failure(place);
          expect(other.reason).toMatch(/^auth-failed: .*the server takes: /);
        } finally {
          await server.stop();
        }
      },
    );
  });
});
