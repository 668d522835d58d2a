import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportSchema } from '../../../src/cli/report-schema.js';
import { builtCli, runCli, type CliOptions } from '../../helpers/built.js';
import { exitWith, startFakeNode, type FakeNode } from '../../helpers/fake-node-server.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import {
  addUser,
  authorize,
  CLOSED_PORT,
  makeKey,
  startSshd,
  type Sshd,
  type TestUser,
} from '../../helpers/sshd.js';

let sshd: Sshd;
let user: TestUser;
let sudoer: TestUser;
let asked: TestUser;
const fakes: FakeNode[] = [];
let key = '';

/** A file below the folder of the test's sshd. */
const file = (name: string): string => join(sshd.folder, name);

const knownHosts = (name: string, hostKey: string, port = sshd.port): string => {
  const path = file(name);
  writeFileSync(path, `[127.0.0.1]:${String(port)} ${hostKey}\n`);
  return path;
};

type Told = {
  readonly known?: string;
  readonly identity?: string;
  readonly extra?: readonly string[];
};

/** An audit of one node in JSON: the exit code, standard error, and the report, held against its schema. */
const audit = async (node: string, told: Told = {}, options: CliOptions = {}) => {
  const access = [
    ...['--identity', told.identity ?? key],
    ...['--known-hosts', told.known ?? knownHosts('known', sshd.hostKeys.ed25519)],
  ];
  const ran = await runCli(
    ['audit', node, '--format', 'json', ...access, ...(told.extra ?? [])],
    options,
  );
  const report = reportSchema.parse(JSON.parse(ran.stdout));
  return { ...ran, report, first: report.nodes[0] };
};

const at = (name: string): string => `${name}@127.0.0.1:${String(sshd.port)}`;

/** Every check of node scope, unreached nodes included (design: completeness). */
const expectUnreached = ({ code, report, first }: Awaited<ReturnType<typeof audit>>): void => {
  expect(code).toBe(2);
  expect(first).toMatchObject({ reached: false, readiness: 'unknown' });
  const statuses = first?.findings.map(({ status }) => status) ?? [];
  expect(new Set(statuses)).toEqual(new Set(['unknown']));
  for (const { toKnow } of first?.findings ?? []) expect(toKnow).toMatch(/^[A-Z].{20}/);
  const judged = [...(first?.findings ?? []), ...report.cluster.findings];
  expect(judged).toHaveLength(report.catalogue.checks);
};

describeWith(['sshd', 'ssh-keygen', 'sudo'], 'with a real sshd', () => {
  describeAsRoot('of our own', () => {
    beforeAll(async () => {
      await builtCli();
      sshd = await startSshd(['PasswordAuthentication no', 'KbdInteractiveAuthentication no']);
      user = addUser();
      sudoer = addUser({ sudoers: ['%u ALL=(ALL) NOPASSWD: ALL'] });
      asked = addUser({ sudoers: ['%u ALL=(ALL) ALL'] });
      key = file('login');
      const line = makeKey(key, 'ed25519');
      for (const { name } of [user, sudoer, asked]) authorize(sshd, name, line);
    });
    afterAll(async () => {
      for (const one of [user, sudoer, asked]) one.remove();
      for (const fake of fakes) await fake.stop();
      await sshd.stop();
    });

    test('a node that is reached has a finding of every check, and JSON is alone on stdout', async () => {
      const ran = await audit(at(sudoer.name));
      expect([0, 1, 2]).toContain(ran.code);
      expect(ran.first).toMatchObject({ name: '127.0.0.1', reached: true });
      expect(ran.stderr).toBe('');
      expect((ran.first?.findings.length ?? 0) + ran.report.cluster.findings.length).toBe(
        ran.report.catalogue.checks,
      );
    });

    test('a host name that is none', async () => {
      const ran = await audit('nowhere.invalid');
      expectUnreached(ran);
      expect(ran.first?.reason).toMatch(/^no-route: .*does not resolve/);
    });

    test('a port that nobody listens on', async () => {
      const ran = await audit(`127.0.0.1:${String(CLOSED_PORT)}`);
      expectUnreached(ran);
      expect(ran.first?.reason).toMatch(/^refused: /);
    });

    test('a key that the node does not take', async () => {
      const wrong = file('wrong');
      makeKey(wrong, 'ed25519');
      const ran = await audit(at(user.name), { identity: wrong });
      expectUnreached(ran);
      expect(ran.first?.reason).toMatch(/^auth-failed: /);
    });

    test.each([
      ['--identity', 'none', 'The key file '],
      ['--config', 'none', 'The SSH configuration '],
    ])(
      '%s with a file that is not there is refused before a node is asked',
      async (flag, name, said) => {
        const ran = await runCli(['audit', at(user.name), flag, file(name)]);
        expect([ran.code, ran.stdout]).toEqual([3, '']);
        expect(ran.stderr).toContain(
          `calico-ready: ${said}${file(name)} cannot be read: there is no such file.`,
        );
      },
    );

    test('an unknown host key, which nobody was asked about', async () => {
      const known = file('empty');
      writeFileSync(known, '');
      const ran = await audit(at(user.name), { known });
      expectUnreached(ran);
      expect(ran.first?.reason).toMatch(/^host-key-unknown: .*SHA256:/);
      expect(readFileSync(known, 'utf8')).toBe('');
    });

    test('a changed host key, even where new ones are accepted', async () => {
      const known = knownHosts('changed', makeKey(file('other'), 'ed25519'));
      const before = readFileSync(known, 'utf8');
      const ran = await audit(at(user.name), { known, extra: ['--host-key', 'accept-new'] });
      expectUnreached(ran);
      expect(ran.first?.reason).toMatch(/^host-key-changed: /);
      expect(readFileSync(known, 'utf8')).toBe(before);
    });

    test('a new host key that is to be accepted is written down', async () => {
      const known = file('accepted');
      writeFileSync(known, '');
      const ran = await audit(at(user.name), { known, extra: ['--host-key', 'accept-new'] });
      expect(ran.first?.reached).toBe(true);
      expect(readFileSync(known, 'utf8')).toContain(sshd.hostKeys.ed25519);
    });

    test('a login without sudo is surveyed, and what needs root is unknown, never passed', async () => {
      const ran = await audit(at(user.name));
      expect(ran.first?.reached).toBe(true);
      const unknown = ran.first?.findings.filter(({ status }) => status === 'unknown') ?? [];
      for (const { reason, toKnow } of unknown)
        expect(`${String(reason)} ${String(toKnow)}`).toMatch(/\w/);
    });

    test('a login that may not become root at all', async () => {
      const ran = await audit(at(user.name), { extra: ['--become-shell'] });
      expectUnreached(ran);
      expect(ran.first?.reason).toMatch(/^no-privilege: /);
    });

    test.each([
      ['the right one', '', /^[012]$/, true],
      ['a wrong one', 'not-', /^2$/, false],
    ])('a sudo password from a file descriptor: %s', async (_, wrong, code, reached) => {
      const ran = await audit(
        at(asked.name),
        { extra: ['--become-password-fd', '0'] },
        { input: `${wrong}${asked.password}\n` },
      );
      expect(String(ran.code)).toMatch(code);
      expect(ran.first?.reached).toBe(reached);
      expect(`${ran.stdout}${ran.stderr}`).not.toContain(asked.password);
      if (!reached) expect(ran.first?.reason).toMatch(/^no-privilege: /);
    });

    const fake = async (options: Parameters<typeof startFakeNode>[0]): Promise<string> => {
      const node = await startFakeNode(options);
      fakes.push(node);
      return `127.0.0.1:${String(node.port)}`;
    };
    const anyKey = { extra: ['--host-key', 'accept-new'] };
    const fresh = (name: string) => ({ ...anyKey, known: file(name) });

    test('a node that hangs is given up after the time that was given', async () => {
      const node = await fake({ reply: () => undefined });
      const ran = await audit(node, {
        ...fresh('hangs'),
        extra: [...anyKey.extra, '--timeout', '1'],
      });
      expectUnreached(ran);
      expect(ran.first?.reason).toMatch(/^timed-out: /);
    });

    test('a node that prints no survey', async () => {
      const node = await fake({ reply: exitWith(0, 'This account is currently not available.\n') });
      const ran = await audit(node, fresh('silent'));
      expectUnreached(ran);
      expect(ran.first?.reason).toMatch(/^(no-login|restricted-shell|garbled|forced-command): /);
    });

    test('a node whose output carries escapes of a terminal', async () => {
      const evil = '\u001b]0;owned\u0007\u001b[2J\u202e\r\n';
      const node = await fake({ reply: exitWith(1, evil.repeat(50)), banner: evil });
      for (const format of ['json', 'human', 'markdown', 'html', 'junit', 'sarif']) {
        const ran = await runCli([
          ...['audit', node, '--format', format, '--identity', key],
          ...['--known-hosts', file('evil'), ...anyKey.extra],
        ]);
        expect(ran.code, format).toBe(2);
        expect(`${ran.stdout}${ran.stderr}`.replaceAll('\n', ' '), format).not.toMatch(
          /[\p{Cc}\u202e]/u,
        );
      }
    });

    test('Ctrl-C ends a survey that hangs with 130', async () => {
      let asked = (): void => undefined;
      const waiting = new Promise<void>((resolve) => (asked = resolve));
      const node = await fake({
        reply: () => {
          asked();
        },
      });
      const ran = await runCli(
        ['audit', node, '--identity', key, '--known-hosts', file('int'), ...anyKey.extra],
        {
          onStarted: (signal) => {
            void waiting.then(() => {
              signal('SIGINT');
            });
          },
        },
      );
      expect([ran.code, ran.stdout, ran.stderr]).toEqual([130, '', 'Cancelled.\n']);
    });
  });
});
