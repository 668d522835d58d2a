import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../../src/domain/transport.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import type { Sshd, TestUser } from '../../helpers/sshd.js';
import { accountRig, type AccountRig } from './account-rig.js';
import { nodeAt, rig as transportRig, run, type Ran, type Rig } from './rig.js';

const NOPASSWD = '%u ALL=(ALL) NOPASSWD: ALL';
const NO_PRIVILEGE = 'no-privilege: ';

type Case = {
  readonly title: string;
  readonly sudoers: readonly string[];
  /** Rules of doas.conf, `%u` is the user. */
  readonly doas?: string;
  /** What is typed; `right` is the user's own. */
  readonly types?: 'right' | 'wrong';
  readonly become?: 'auto' | 'sudo' | 'doas';
  /** How root was reached, or the sentence. */
  readonly expected: string | RegExp;
};

const CASES: readonly Case[] = [
  { title: 'sudo without a password', sudoers: [NOPASSWD], expected: 'sudo' },
  {
    title: 'sudo with a password',
    sudoers: ['%u ALL=(ALL) ALL'],
    types: 'right',
    expected: 'sudo-password',
  },
  {
    title: 'a wrong password is tried once',
    sudoers: ['%u ALL=(ALL) ALL'],
    types: 'wrong',
    expected: 'no-privilege: the password for sudo is wrong',
  },
  {
    title: 'a wrong password, and sudo that asks only once',
    sudoers: ['Defaults:%u passwd_tries=1', '%u ALL=(ALL) ALL'],
    types: 'wrong',
    expected: 'no-privilege: the password for sudo is wrong',
  },
  {
    title: 'nobody answers',
    sudoers: ['%u ALL=(ALL) ALL'],
    expected: 'no-privilege: sudo wants a password and none was given',
  },
  {
    title: 'not in sudoers, told once a password was given',
    sudoers: [],
    types: 'right',
    expected: 'no-privilege: the user is not in sudoers',
  },
  {
    title: 'requiretty',
    sudoers: ['Defaults:%u requiretty', NOPASSWD],
    expected:
      /^no-privilege: sudo wants a terminal \(requiretty\): exempt this user in sudoers with Defaults:USER !requiretty$/,
  },
  {
    title: 'NOPASSWD for some commands only',
    sudoers: ['%u ALL=(ALL) NOPASSWD: /usr/bin/id'],
    types: 'right',
    expected:
      /^no-privilege: sudoers does not let the user run \/bin\/sh as root, perhaps other commands only$/,
  },
  {
    title: 'an account that has expired since',
    sudoers: ['%u ALL=(ALL) ALL'],
    types: 'right',
    expected: /locked or expired/,
  },
  {
    title: 'doas without a password',
    sudoers: [],
    doas: 'permit nopass %u as root',
    become: 'doas',
    expected: 'doas',
  },
  {
    title: 'doas where sudo refuses',
    sudoers: ['%u ALL=(ALL) ALL'],
    doas: 'permit nopass %u as root',
    expected: 'doas',
  },
  {
    title: 'doas that wants a password',
    sudoers: [],
    doas: 'permit %u as root',
    become: 'doas',
    expected: 'no-privilege: doas wants a password (nopass is not set)',
  },
  {
    title: 'doas with no rule',
    sudoers: [],
    doas: 'permit nopass nobody as root',
    become: 'doas',
    expected: 'no-privilege: doas.conf does not let the user run /bin/sh as root',
  },
  {
    title: 'neither lets anybody in: both are named',
    sudoers: ['%u ALL=(ALL) ALL'],
    doas: 'permit nopass nobody as root',
    expected:
      'no-privilege: sudo wants a password and none was given; doas.conf does not let the user run /bin/sh as root',
  },
];

describeWith(
  ['sshd', 'sudo', 'doas', 'useradd', 'unshare', 'chage', 'python3'],
  'becoming root',
  () => {
    describeAsRoot('at a real sshd, with real sudo and doas', () => {
      let rig: AccountRig;
      let shared: Promise<Sshd>;
      beforeAll(() => {
        rig = accountRig();
        shared = rig.sshd();
      });
      afterAll(async () => {
        await rig.stop();
      });

      // doas reads one file: it is laid over /etc in a mount namespace of the server's own.
      const withDoas = (rules: string): string =>
        [
          'B=$(mktemp -d)',
          `echo '${rules}' >"$B/doas.conf"`,
          OWN_ETC,
          'cp "$B/doas.conf" /etc/doas.conf',
        ].join('\n');

      const enter = async (
        user: TestUser,
        answers: readonly (string | null)[],
        {
          doas,
          become = 'auto',
          extra = [],
        }: { doas?: string; become?: Rig['options']['become']; extra?: readonly string[] } = {},
      ): Promise<{ session: Session; mine: Rig; log: () => string }> => {
        const own = doas === undefined ? '' : withDoas(doas.replace('%u', user.name));
        const sshd = own === '' && extra.length === 0 ? await shared : await rig.sshd(extra, own);
        const account = rig.account(user.name, sshd, { user });
        const options = {
          identityFiles: [rig.identity],
          become,
        };
        const mine = transportRig(mkdtempSync(join(rig.folder, 'case-')), options, answers);
        return {
          session: await mine.open(nodeAt(sshd.port, user.name, account.host)),
          mine,
          log: sshd.log,
        };
      };

      test.each(CASES.map((row) => [row.title, row] as const))(
        'B12/91 %s',
        async (title, row) => {
          const user = rig.person({ sudoers: row.sudoers });
          const answers =
            row.types === undefined ? [] : [row.types === 'right' ? user.password : 'wrong-S3cret'];
          const { session, mine, log } = await enter(user, answers, row);
          if (title.includes('expired')) execFileSync('chage', ['-E', '0', user.name]);
          const ran = await run(session, 'id -u; echo to-stderr >&2; exit 3\n', { runAs: 'root' });
          const outcome = ran.end.kind === 'refused' ? ran.end.why : session.peer.privilege;
          await session.close();
          if (typeof row.expected === 'string') expect(outcome).toBe(row.expected);
          else expect(outcome).toMatch(row.expected);
          const said = [ran.stdout.toString(), ran.stderr.toString()];
          if (ran.end.kind === 'refused')
            expect([outcome?.startsWith(NO_PRIVILEGE), ...said]).toEqual([true, '', '']);
          else
            expect([ran.end, ...said]).toEqual([{ kind: 'exited', code: 3 }, '0\n', 'to-stderr\n']);
          // Asked at most once a node, and what was typed is seen nowhere.
          expect(mine.asked.length).toBeLessThanOrEqual(1);
          const everything = `${said.join('')}${log()}${String(outcome)}`;
          for (const secret of [user.password, 'wrong-S3cret'])
            expect(everything).not.toContain(secret);
        },
        30_000,
      );

      test('B12/91 sudo that is slow to look somebody up is named', async () => {
        const user = rig.person({ sudoers: [NOPASSWD] });
        const slow =
          'B=$(mktemp -d); chmod 755 "$B"; printf "#!/bin/sh\\nexec sleep 60\\n" >"$B/sudo"; chmod 755 "$B/sudo"; mount --bind "$B/sudo" /usr/bin/sudo';
        const sshd = await rig.sshd([], slow);
        const account = rig.account(user.name, sshd, { user });
        const mine = transportRig(mkdtempSync(join(rig.folder, 'case-')), {
          identityFiles: [rig.identity],
        });
        const session = await mine.open(nodeAt(sshd.port, user.name, account.host));
        const { end } = await run(session, 'id\n', { runAs: 'root', deadlineMs: 2_000 });
        expect(end).toEqual({
          kind: 'refused',
          why: 'timed-out: sudo let no shell begin within 2 s (it may wait for a directory service or a second factor)',
        });
        await session.close();
      });

      test('B12/92 a lecture before the prompt is not taken for output', async () => {
        const user = rig.person({ sudoers: ['Defaults:%u lecture=always', '%u ALL=(ALL) ALL'] });
        const { session } = await enter(user, [user.password]);
        const { end, stdout, stderr } = await run(session, 'echo out; echo err >&2\n', {
          runAs: 'root',
        });
        expect([end, stdout.toString(), stderr.toString()]).toEqual([
          { kind: 'exited', code: 0 },
          'out\n',
          'err\n',
        ]);
        await session.close();
      });

      test('one session a connection (MaxSessions 1) suffices, for sudo with a password too', async () => {
        const user = rig.person({ sudoers: ['%u ALL=(ALL) ALL'] });
        const { session } = await enter(user, [user.password, user.password], {
          extra: ['MaxSessions 1'],
        });
        const runs: Ran[] = [];
        while (runs.length < 2) runs.push(await run(session, 'id -u\n', { runAs: 'root' }));
        expect(runs.map(({ end, stdout }) => [end, stdout.toString()])).toEqual(
          Array.from({ length: 2 }, () => [{ kind: 'exited', code: 0 }, '0\n']),
        );
        await session.close();
      });
    });
  },
);

const OWN_ETC = [
  'mount -t tmpfs none /mnt',
  'mkdir /mnt/u /mnt/w /mnt/etc',
  'mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w /mnt/etc',
  'mount --rbind /mnt/etc /etc',
].join('\n');
