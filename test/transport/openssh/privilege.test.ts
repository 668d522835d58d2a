import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import type { Sshd, TestUser } from '../../helpers/sshd.js';
import {
  accountRig,
  nodeOf,
  type Account,
  type AccountRig,
  type Audited,
} from '../ssh/account-rig.js';
import { nodeAt, run } from '../ssh/rig.js';
import { openRig } from './rig.js';

type Row = {
  readonly title: string;
  readonly sudoers?: readonly string[];
  /** A rule of doas.conf; `%u` is the user. */
  readonly doas?: string;
  readonly types?: 'right' | 'wrong';
  readonly become?: 'doas';
  /** How root was reached, or the sentence. */
  readonly expected: string;
  /** The same of an audit with `--become-shell`, where nobody can be asked. */
  readonly audited: string | RegExp;
};

const NO_SUDO = 'no-privilege: sudo wants a password and none was given; ';
const NO_RULE = 'doas.conf does not let the user run /bin/sh as root';
const ROWS: readonly Row[] = [
  { title: 'sudo -n', sudoers: ['%u ALL=(ALL) NOPASSWD: ALL'], expected: 'sudo', audited: 'sudo' },
  {
    title: 'sudo with a password',
    sudoers: ['%u ALL=(ALL) ALL'],
    types: 'right',
    expected: 'sudo-password',
    audited: NO_SUDO + NO_RULE,
  },
  {
    title: 'sudo with a wrong password',
    sudoers: ['%u ALL=(ALL) ALL'],
    types: 'wrong',
    expected: 'no-privilege: the password for sudo is wrong',
    audited: NO_SUDO + NO_RULE,
  },
  {
    title: 'not in sudoers',
    types: 'right',
    expected: `no-privilege: the user is not in sudoers; ${NO_RULE}`,
    audited: NO_SUDO + NO_RULE,
  },
  {
    title: 'requiretty',
    sudoers: ['Defaults:%u requiretty', '%u ALL=(ALL) NOPASSWD: ALL'],
    expected: `no-privilege: sudo wants a terminal (requiretty): exempt this user in sudoers with Defaults:USER !requiretty; ${NO_RULE}`,
    audited: /^no-privilege: sudo wants a terminal \(requiretty\)/,
  },
  {
    title: 'doas -n',
    doas: 'permit nopass %u as root',
    become: 'doas',
    expected: 'doas',
    audited: 'doas',
  },
  {
    title: 'doas that wants a password',
    doas: 'permit %u as root',
    become: 'doas',
    expected: 'no-privilege: doas wants a password (nopass is not set)',
    audited: `${NO_SUDO}doas wants a password (nopass is not set)`,
  },
];

/** One doas.conf for a server in a mount namespace of its own. */
const withDoas = (rules: readonly string[]): string =>
  [
    'mount -t tmpfs none /mnt',
    'mkdir /mnt/u /mnt/w /mnt/etc',
    'mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w /mnt/etc',
    'mount --rbind /mnt/etc /etc',
    `printf '%s\\n' ${rules.map((rule) => `'${rule}'`).join(' ')} >/etc/doas.conf`,
  ].join('\n');

describeWith(['sshd', 'sudo', 'doas', 'useradd', 'unshare'], 'becoming root through ssh', () => {
  describeAsRoot('at a real sshd, with real sudo and doas', () => {
    let rig: AccountRig;
    let sshd: Sshd;
    let accounts: readonly Account[];
    let users: readonly TestUser[];
    let audited: Audited;
    beforeAll(async () => {
      rig = accountRig();
      users = ROWS.map(({ sudoers = [] }) => rig.person({ sudoers }));
      const rules = ROWS.flatMap(({ doas }, at) =>
        doas === undefined ? [] : [doas.replace('%u', users[at]?.name ?? '')],
      );
      sshd = await rig.sshd([], withDoas(rules));
      accounts = ROWS.map(({ title }, at) => {
        const user = users[at];
        return rig.account(title.replaceAll(' ', '-'), sshd, user === undefined ? {} : { user });
      });
      audited = await rig.audit(accounts, ['--transport', 'openssh', '--become-shell']);
    }, 120_000);
    afterAll(async () => {
      await rig.stop();
    });

    test.each(ROWS.map((row, at) => [row.title, row, at] as const))(
      'B12/91 %s',
      async (_, { types, become, expected }, at) => {
        const { user = '', host = '' } = accounts[at] ?? {};
        const password = users[at]?.password ?? '';
        const folder = mkdtempSync(join(rig.folder, 'case-'));
        const mine = openRig(
          folder,
          { identityFiles: [rig.identity], ...(become === undefined ? {} : { become }) },
          typed(types, password),
        );
        const session = await mine.open(nodeAt(sshd.port, user, host));
        const script =
          'id -u; cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "; echo err >&2; exit 3\n';
        const ran = await run(session, script, { runAs: 'root' });
        const files = filesBelow(mine.runtime);
        const outcome = ran.end.kind === 'refused' ? ran.end.why : session.peer.privilege;
        await session.close();
        expect(outcome).toBe(expected);
        const said = [ran.stdout.toString(), ran.stderr.toString()];
        if (ran.end.kind === 'refused') expect(said).toEqual(['', '']);
        else {
          expect(said[0]).toMatch(/^0\n/);
          expect([ran.end, said[1]]).toEqual([{ kind: 'exited', code: 3 }, 'err\n']);
        }
        expect(mine.asked.length).toBe(types === undefined ? 0 : 1);
        const everything = [
          ...said,
          sshd.log(),
          String(outcome),
          ...files,
          ...mine.warnings,
        ].join();
        for (const secret of [password, 'wrong-S3cret']) expect(everything).not.toContain(secret);
      },
    );

    test.each(ROWS.map(({ title, audited: words }) => [title, words] as const))(
      'B12/91 %s: the sentence in an audit by ssh',
      (title, words) => {
        const node = nodeOf(audited.report(), title.replaceAll(' ', '-'));
        const outcome = node.reached ? node.facts['privilege'] : node.reason;
        if (typeof words === 'string') expect(outcome).toBe(words);
        else expect(outcome).toMatch(words);
        const passes = node.findings.filter(({ status }) => status === 'pass').length;
        // Who became root is judged beside those who did not; of those nothing passes.
        expect(passes > 0).toBe(node.reached);
      },
    );

    test('B12/91 the exit code is that of the fleet, and every node went by ssh', () => {
      const report = audited.report();
      expect(audited.code).toBe({ ready: 0, 'not-ready': 1, unknown: 2 }[report.readiness]);
      expect(new Set(report.nodes.map(({ facts }) => facts['transport']))).toEqual(
        new Set(['openssh']),
      );
    });
  });
});

const typed = (which: Row['types'], right: string): readonly string[] =>
  which === undefined ? [] : [which === 'right' ? right : 'wrong-S3cret'];

/** Everything that stands in the private folders. */
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'));
