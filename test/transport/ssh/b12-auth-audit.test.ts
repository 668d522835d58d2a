import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../../src/domain/report.js';
import type { HostSettings } from '../../../src/transport/ssh/options.js';
import { runCli, type CliRun } from '../../helpers/built.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import {
  addUser,
  authorize,
  makeKey,
  startSshd,
  type Sshd,
  type TestUser,
} from '../../helpers/sshd.js';
import { nodeOf } from './account-rig.js';
import { AGENT_CASES } from './auth-agent-cases.js';
import { authLab, type AuthLab } from './auth-lab.js';

/** Logins that fail, by the command as it ships: one run for agents and keys, one for accounts and passwords. */
type Row = {
  readonly name: string;
  readonly settings: (lab: AuthLab) => HostSettings | Promise<HostSettings>;
  readonly says: RegExp;
  readonly next: RegExp;
};

const keyFile =
  (make: (path: string) => void) =>
  (lab: AuthLab): HostSettings => {
    const path = join(lab.folder(), 'id');
    make(path);
    return { identityFiles: [path], agentSocket: null };
  };
const KEY_CASES: readonly Row[] = [
  {
    name: 'B12/43 a PuTTY key',
    settings: keyFile((path) => {
      writeFileSync(path, 'PuTTY-User-Key-File-3: ssh-ed25519\n', { mode: 0o600 });
    }),
    says: /The key file \S+ is a PuTTY key, which is not supported/,
    next: /./,
  },
  {
    name: 'B12/43 a key that was cut off',
    settings: keyFile((path) => {
      makeKey(path, 'rsa');
      writeFileSync(path, readFileSync(path, 'utf8').slice(0, 400));
    }),
    says: /The key file \S+ is cut off: its last line is missing/,
    next: /./,
  },
  {
    name: 'B12/43 a key that others can read',
    settings: keyFile((path) => {
      makeKey(path, 'ed25519');
      execFileSync('chmod', ['644', path]);
    }),
    says: /The key file \S+ can be read by others \(mode 0644\)/,
    next: /./,
  },
  {
    name: 'B12/44 a FIFO for a key',
    settings: keyFile((path) => {
      execFileSync('mkfifo', ['-m', '600', path]);
    }),
    says: /The key file \S+ is not a private key: it is not a plain file/,
    next: /./,
  },
  {
    name: 'B12/44 a gigabyte for a key',
    settings: keyFile((path) => {
      writeFileSync(path, '', { mode: 0o600 });
      truncateSync(path, 1024 ** 3);
    }),
    says: /The key file \S+ is not a private key: it is 1073741824 bytes long/,
    next: /./,
  },
];
const ROWS: readonly Row[] = [...AGENT_CASES, ...KEY_CASES];

const LISTEN = Array.from({ length: 8 }, (_, at) => `ListenAddress 127.0.0.${String(at + 2)}`);

/** As ssh_config has it. */
const lines = ({ agentSocket, identityFiles = [] }: HostSettings): readonly string[] => [
  `  IdentityAgent ${agentSocket ?? 'none'}`,
  ...identityFiles.map((path) => `  IdentityFile ${path}`),
];

const outcome = (ran: CliRun): readonly [Report, number] => [
  JSON.parse(ran.stdout) as Report,
  ran.code,
];

describeAsRoot('logins that fail, by the command, as root', () => {
  describeWith(['sshd', 'ssh-agent', 'ssh-add', 'useradd', 'mkfifo', 'python3'], 'keys', () => {
    const lab = authLab();
    let report: Report;
    let code = 0;
    const named = (index: number): string => `row-${String(index)}`;
    beforeAll(async () => {
      const folder = lab.folder();
      const config: string[] = [];
      // Each its own login name, or the guard against locking an account out would end the run. Only an agent that is
      // asked to sign has to be at a name that the server knows.
      const nodes = ROWS.map(({ name }, index) => ({
        name: named(index),
        host: named(index),
        user: name.startsWith('B12/38') ? lab.user.name : `nobody-${String(index)}`,
      }));
      for (const [index, row] of ROWS.entries())
        config.push(`Host ${named(index)}`, ...lines(await row.settings(lab)));
      const good = { identityFiles: [lab.file('id_ok')], agentSocket: null };
      config.push('Host healthy', ...lines(good));
      config.push('Host *', '  HostName 127.0.0.1', `  Port ${String(lab.sshd.port)}`);
      const inventory = join(folder, 'nodes.yaml');
      const healthy = { name: 'healthy', host: 'healthy', user: lab.user.name };
      writeFileSync(inventory, JSON.stringify({ nodes: [...nodes, healthy] }));
      writeFileSync(join(folder, 'config'), `${config.join('\n')}\n`);
      const ran = await runCli(
        [
          ...['audit', '--inventory', inventory, '--config', join(folder, 'config')],
          ...['--known-hosts', join(folder, 'known'), '--host-key', 'accept-new'],
          ...['--transport', 'ssh2', '--format', 'json', '--become', 'none'],
        ],
        { env: { HOME: folder } },
      );
      [report, code] = outcome(ran);
    }, 90_000);

    test.each(ROWS.map((row, index) => [row.name, row, named(index)] as const))(
      '%s: told by the command',
      (_name, { says, next }, at) => {
        const node = nodeOf(report, at);
        expect(node.reason).toMatch(/^auth-failed: 127\.0\.0\.1:\d+: no login as /);
        expect(node.reason).toMatch(new RegExp(says.source.replace(/as \\w\+/, 'as [\\w-]+')));
        expect([node.reached, node.readiness]).toEqual([false, 'unknown']);
        expect(node.findings[0]?.toKnow).toMatch(next);
      },
    );

    test('the healthy node beside them is judged, and the code is that of the fleet', () => {
      expect(nodeOf(report, 'healthy').findings.some(({ status }) => status === 'pass')).toBe(true);
      expect(code).toBe({ ready: 0, 'not-ready': 1, unknown: 2 }[report.readiness]);
      expect(report.readiness).not.toBe('ready');
    });
  });

  describeWith(['sshd', 'useradd', 'passwd', 'chage', 'usermod'], 'accounts', () => {
    const SECRET = 'one-for-all-S3cret';
    const users: TestUser[] = [];
    const servers: Sshd[] = [];
    let report: Report;
    let ran: CliRun;
    const someone = (password = SECRET): string => {
      const user = addUser();
      users.push(user);
      execFileSync('chpasswd', { input: `${user.name}:${password}\n` });
      return user.name;
    };
    beforeAll(async () => {
      const plain = await startSshd(LISTEN);
      const both = await startSshd([...LISTEN, 'AuthenticationMethods publickey,password']);
      servers.push(plain, both);
      const folder = mkdtempSync(join(plain.folder, 'audit-'));
      const key = makeKey(join(folder, 'id'), 'ed25519');
      const changed = (program: string, ...args: string[]): string => {
        const user = someone();
        execFileSync(program, [...args, user]);
        return user;
      };
      // One address each: two names for one place are refused.
      const node = (name: string, user: string, { port } = plain) => ({
        ...{ name, user, port },
        host: `127.0.0.${String(users.length + 1)}`,
      });
      const whole = someone();
      authorize(both, whole, key);
      const nodes = [
        node('must-change', changed('chage', '-d', '0')),
        node('locked', changed('passwd', '-q', '-l')),
        node('expired', changed('usermod', '-e', '1970-01-02')),
        node('wrong', someone('another-S3cret')),
        node('both', whole, both),
        node('half', someone(), both),
        node('healthy', someone()),
      ];
      writeFileSync(join(folder, 'nodes.yaml'), JSON.stringify({ nodes }));
      ran = await runCli(
        [
          ...['audit', '--inventory', join(folder, 'nodes.yaml'), '--format', 'json'],
          ...['--identity', join(folder, 'id'), '--known-hosts', join(folder, 'known')],
          ...['--host-key', 'accept-new', '--password-fd', '0', '--become', 'none'],
        ],
        { env: { HOME: folder }, input: `${SECRET}\n` },
      );
      report = JSON.parse(ran.stdout) as Report;
    }, 90_000);
    afterAll(async () => {
      for (const server of servers) await server.stop();
      for (const user of users) user.remove();
    });

    test.each([
      ['B12/48 a password that has expired', 'must-change', /the password of \w+ has expired$/],
      ['B12/49 a password that is locked', 'locked', /^auth-failed: .*no login as \w+ \(tried: /],
      ['B12/49 an account that has expired', 'expired', /^auth-failed: .*no login as \w+ /],
      ['B12/49 a wrong password', 'wrong', /^auth-failed: .*no login as \w+ \(tried: /],
      ['B12/47 a password without the key', 'half', /^auth-failed: .*the server takes: publickey/],
    ])('%s: told by the command, and typed nowhere', (_name, at, says) => {
      const node = nodeOf(report, at);
      expect(node.reason).toMatch(says);
      expect([node.reached, node.readiness]).toEqual([false, 'unknown']);
      expect(node.findings[0]?.toKnow).toMatch(
        /change the password|locked or has expired|--identity/,
      );
      expect(ran.stdout + ran.stderr + servers.map(({ log }) => log()).join('')).not.toContain(
        'S3cret',
      );
    });

    test('B12/47 a key and then a password, and the healthy node beside it: both are judged', () => {
      expect(nodeOf(report, 'both').facts['login']).toMatch(/^publickey,password/);
      for (const name of ['both', 'healthy'])
        expect(nodeOf(report, name).findings.some(({ status }) => status === 'pass')).toBe(true);
      expect(ran.code).toBe({ ready: 0, 'not-ready': 1, unknown: 2 }[report.readiness]);
      expect(report.readiness).not.toBe('ready');
    });
  });
});
