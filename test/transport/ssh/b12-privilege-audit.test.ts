import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../../src/domain/report.js';
import { builtCli } from '../../helpers/built.js';
import { Pty } from '../../helpers/pty.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import {
  accountRig,
  nodeOf,
  steadyVerdicts,
  type Account,
  type AccountRig,
  type Audited,
} from './account-rig.js';

const NOPASSWD = '%u ALL=(ALL) NOPASSWD: ALL';

describeWith(['sshd', 'sudo', 'doas', 'useradd', 'ssh-keyscan', 'python3'], 'becoming root', () => {
  describeAsRoot('in an audit', () => {
    let rig: AccountRig;
    const accounts: Account[] = [];
    const secrets: string[] = [];
    let plain: Audited;
    let shells: Audited;
    let given: Audited;
    let givenLog: () => string;

    beforeAll(async () => {
      rig = accountRig();
      const sshd = await rig.sshd(['MaxSessions 1']);
      const add = (name: string, sudoers: readonly string[]): void => {
        const user = rig.person({ sudoers });
        secrets.push(user.password);
        accounts.push(rig.account(name, sshd, { user }));
      };
      add('all', [NOPASSWD]);
      add('asks', ['%u ALL=(ALL) ALL']);
      add('none', []);
      add('asks-too', ['%u ALL=(ALL) ALL']);
      add('tty', ['Defaults:%u requiretty', NOPASSWD]);
      add('some', ['%u ALL=(ALL) NOPASSWD: /usr/bin/id -u']);
      const rules = join(rig.folder, 'rules.yaml');
      writeFileSync(rules, RULES);
      const withPassword = async (): Promise<Audited> => {
        const { nodes, log } = await accountsOfOnePassword(rig);
        givenLog = log;
        const args = ['--become-shell', '--become-password-fd', '0'];
        return rig.audit(nodes, args, { input: `${GIVEN}\n` });
      };
      [plain, shells, given] = await Promise.all([
        rig.audit(accounts, ['--rules', rules]),
        rig.audit(accounts, ['--become-shell', '--become', 'sudo']),
        withPassword(),
      ]);
    }, 120_000);
    afterAll(async () => {
      await rig.stop();
    });

    const finding = (name: string, check: string): Finding | undefined =>
      nodeOf(plain.report(), name).findings.find((one) => one.check === check);

    test.each([
      ['asks', 'sudo: a password is required'],
      ['none', 'sudo: a password is required'],
      ['tty', 'sudo: sorry, you must have a tty to run sudo'],
    ])(
      'B12/91 per command, user %s: what was refused is named, and what prints the rule for it',
      (name, words) => {
        expect(finding(name, 'own/uid')).toMatchObject({
          status: 'unknown',
          reason: `denied: /usr/bin/id -u needs root, and /usr/bin/id -u was refused (${words})`,
          toKnow: expect.stringContaining('calico-ready sudoers') as string,
        });
        const passes = nodeOf(plain.report(), name).findings.filter(
          ({ status }) => status === 'pass',
        );
        expect(passes.length).toBeGreaterThan(0);
      },
    );

    test('B12/91 per command, NOPASSWD for some: what is allowed is judged, the rest is named', () => {
      expect(finding('all', 'own/uid')?.status).toBe('pass');
      expect(finding('all', 'own/shadow')?.status).toBe('pass');
      expect(finding('some', 'own/uid')?.status).toBe('pass');
      expect(finding('some', 'own/shadow')?.reason).toMatch(
        /^denied: .* and \/usr\/bin\/head -c 4 \/etc\/shadow was refused \(sudo: a password is required\)$/,
      );
      expect(plain.code).toBe(plain.report().readiness === 'not-ready' ? 1 : 2);
    });

    test('B12/91 the whole survey under sudo: each refusal is a sentence, and the healthy node is judged', () => {
      const report = shells.report();
      const reasons = Object.fromEntries(report.nodes.map(({ name, reason }) => [name, reason]));
      expect(reasons).toEqual({
        asks: 'no-privilege: sudo wants a password and none was given',
        'asks-too': 'no-privilege: sudo wants a password and none was given',
        none: 'no-privilege: sudo wants a password and none was given',
        some: 'no-privilege: sudo wants a password and none was given',
        tty: expect.stringMatching(/^no-privilege: sudo wants a terminal \(requiretty\)/) as string,
      });
      expect(nodeOf(report, 'all').findings.some(({ status }) => status === 'pass')).toBe(true);
      expect(nodeOf(report, 'asks').findings[0]?.toKnow).toContain('--become-password-fd');
      expect(shells.code).toBe(report.readiness === 'not-ready' ? 1 : 2);
    });

    test.each([
      ['B12/91 a wrong password', 'wrong', 'the password for sudo is wrong'],
      ['B12/91 not in sudoers', 'stranger', 'the user is not in sudoers'],
      [
        'B12/91 sudoers for other commands only',
        'other',
        'sudoers does not let the user run /bin/sh as root, perhaps other commands only',
      ],
    ])('%s: told by the command that was given a password', (_title, name, words) => {
      const node = nodeOf(given.report(), name);
      expect([node.reached, node.readiness]).toEqual([false, 'unknown']);
      expect(node.reason).toMatch(new RegExp(`^no-privilege: ${words}`));
      expect(node.findings[0]?.toKnow).toMatch(/./);
    });

    test.each([
      ['B12/91 no password needed', 'free', 'sudo'],
      ['B12/91 the right password', 'right', 'sudo-password'],
      ['B12/91 doas where sudo refuses', 'doas', 'doas'],
      ['B12/92 a lecture before the prompt', 'lectured', 'sudo-password'],
    ])('%s: the node is judged as root', (_title, name, privilege) => {
      const node = nodeOf(given.report(), name);
      expect([node.reason, node.facts['privilege']]).toEqual([undefined, privilege]);
      const verdicts = (of: string): unknown => steadyVerdicts(given.report(), of);
      expect(verdicts(name)).toEqual(verdicts('free'));
    });

    test('B12/91 B12/92 the password that was given stands nowhere, and the code is that of the fleet', () => {
      const { report, stdout, stderr, code } = given;
      expect(`${stdout}${stderr}${givenLog()}`).not.toContain(GIVEN);
      for (const name of readdirSync(rig.folder, { recursive: true, encoding: 'utf8' })) {
        const path = join(rig.folder, name);
        if (statSync(path).isFile()) expect(readFileSync(path).includes(GIVEN)).toBe(false);
      }
      expect(code).toBe({ ready: 0, 'not-ready': 1, unknown: 2 }[report().readiness]);
      expect(report().readiness).not.toBe('ready');
    });

    test('B12/91 a password typed for one node goes to another only when that is agreed to, and stands nowhere', async () => {
      const shared = 'Fleet-S3cret-91';
      for (const { user } of accounts) execFileSync('chpasswd', { input: `${user}:${shared}\n` });
      const two = accounts.filter(({ name }) => name.startsWith('asks'));
      const list = mkdtempSync(join(rig.folder, 'typed-'));
      const nodes = two.map(({ name, host, port, user }) => ({ name, host, port, user }));
      writeFileSync(join(list, 'nodes.yaml'), JSON.stringify({ nodes }));
      const known = join(list, 'known');
      const scan = two.map(({ host, port }) =>
        execFileSync('ssh-keyscan', ['-p', String(port), host], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        }),
      );
      writeFileSync(known, scan.join(''));
      const pty = new Pty(
        process.execPath,
        [
          await builtCli(),
          'audit',
          '--inventory',
          join(list, 'nodes.yaml'),
          '--identity',
          rig.identity,
          '--known-hosts',
          known,
          '--become-shell',
          '--output',
          join(list, 'report'),
          '--bundle',
          join(list, 'b-UNSIGNED.tar.gz'),
          '--unsigned',
        ],
        { rows: 60, columns: 120 },
      );
      await pty.waitForText(/sudo password/);
      pty.press(`${shared}\r`);
      await pty.waitForText(/Use it for the other nodes/);
      pty.press('y\r');
      await pty.waitForText(/Bundle .* written/);
      expect((await pty.exit()).modesRestored).toBe(true);
      expect(pty.bytes.match(/sudo password/g)).toHaveLength(1);
      for (const file of readdirSync(list))
        expect(readFileSync(join(list, file)).includes(shared)).toBe(false);
      expect(pty.bytes).not.toContain(shared);
      expect(readFileSync(join(list, 'report'), 'utf8')).not.toContain('not reached');
      await pty.close();
    }, 60_000);
  });
});

const GIVEN = 'given-S3cret-91';

/** Accounts with one password but `wrong`, at a server where doas lets one of them in. */
async function accountsOfOnePassword(
  rig: AccountRig,
): Promise<{ readonly nodes: readonly Account[]; readonly log: () => string }> {
  const ALL = '%u ALL=(ALL) ALL';
  const rules: Readonly<Record<string, readonly string[]>> = {
    free: [NOPASSWD],
    right: [ALL],
    wrong: [ALL],
    lectured: ['Defaults:%u lecture=always', ALL],
    stranger: [],
    other: ['%u ALL=(ALL) /usr/bin/id'],
    doas: [],
  };
  const users = Object.entries(rules).map(([name, sudoers]) => {
    const user = rig.person({ sudoers });
    if (name !== 'wrong') execFileSync('chpasswd', { input: `${user.name}:${GIVEN}\n` });
    return { name, user };
  });
  const doas = users.find(({ name }) => name === 'doas')?.user.name ?? '';
  // doas reads one file: it is laid over /etc in a mount namespace of the server's own.
  const sshd = await rig.sshd(
    [],
    `${OWN_ETC}\necho 'permit nopass ${doas} as root' >/etc/doas.conf`,
  );
  return { nodes: users.map(({ name, user }) => rig.account(name, sshd, { user })), log: sshd.log };
}

const OWN_ETC = [
  'mount -t tmpfs none /mnt',
  'mkdir /mnt/u /mnt/w /mnt/etc',
  'mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w /mnt/etc',
  'mount --rbind /mnt/etc /etc',
].join('\n');

const RULES = `rules:
  - id: own/uid
    title: root is uid 0
    severity: required
    why: A rule of a test.
    probe: { command: /usr/bin/id -u, root: true }
    expect: { equals: "0" }
  - id: own/shadow
    title: root reads the shadow file
    severity: required
    why: A rule of a test.
    probe: { command: /usr/bin/head -c 4 /etc/shadow, root: true }
    expect: { pattern: '^.{4}$' }
`;
