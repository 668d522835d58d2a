import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportSchema } from '../../../src/cli/report-schema.js';
import { builtCli, runCli, type CliOptions, type CliRun } from '../../helpers/built.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import {
  addUser,
  authorize,
  makeKey,
  startSshd,
  type Sshd,
  type TestUser,
} from '../../helpers/sshd.js';

let plain: Sshd;
let quantum: Sshd;
let user: TestUser;

const node = (name: string, { port }: Sshd): string =>
  `  - { name: ${name}, host: 127.0.0.1, port: ${String(port)}, user: ${user.name} }`;

/** An audit of the named nodes in JSON. */
async function audit(
  nodes: readonly string[],
  extra: readonly string[] = [],
  options: CliOptions = {},
): Promise<CliRun> {
  const folder = mkdtempSync(join(plain.folder, 'audit-'));
  const inventory = join(folder, 'nodes.yaml');
  writeFileSync(inventory, ['nodes:', ...nodes, ''].join('\n'));
  const known = join(folder, 'known_hosts');
  writeFileSync(
    known,
    [plain, quantum]
      .map(({ port, hostKeys }) => `[127.0.0.1]:${String(port)} ${hostKeys.ed25519}\n`)
      .join(''),
  );
  const access = ['--identity', join(plain.folder, 'id'), '--known-hosts', known];
  const words = ['--inventory', inventory, '--config', '/dev/null', '--format', 'json'];
  const env = { XDG_RUNTIME_DIR: folder, ...options.env };
  const ran = await runCli(['audit', ...words, ...access, ...extra], { ...options, env });
  const left = readdirSync(folder).filter((name) => name.startsWith('calico-ready-ssh-'));
  expect(left).toEqual([]);
  return ran;
}

/** How each node that was reached was entered, and why so. */
const ways = (ran: CliRun): Readonly<Record<string, readonly (string | undefined)[]>> =>
  Object.fromEntries(
    reportSchema
      .parse(JSON.parse(ran.stdout))
      .nodes.filter(({ reached: isReached }) => isReached)
      .map(({ name, facts }) => [name, [facts['transport'], facts['transport-because']]]),
  );

/** In the place of `ssh` on PATH: the real one for questions, and a script that lets nobody in for logins. */
function standInOnPath(): string {
  const folder = mkdtempSync(join(plain.folder, 'bin-'));
  const script = [
    '#!/bin/sh',
    'case "$1" in -V|-G) exec /usr/bin/ssh "$@" ;; esac',
    'while [ $# -gt 0 ]; do [ "$1" = -E ] && log=$2; shift; done',
    'echo "Permission denied (stand-in for ssh)." >"$log"',
    'exit 255',
    '',
  ];
  writeFileSync(join(folder, 'ssh'), script.join('\n'), { mode: 0o755 });
  return `${folder}:${process.env['PATH'] ?? ''}`;
}

const reached = (ran: CliRun): readonly (readonly [string, boolean])[] =>
  reportSchema
    .parse(JSON.parse(ran.stdout))
    .nodes.map(({ name, reached: isReached }) => [name, isReached] as const);

describeAsRoot('the transport of an audit', () => {
  describeWith(['sshd', 'ssh', 'useradd'], 'against real sshd', () => {
    beforeAll(async () => {
      plain = await startSshd();
      quantum = await startSshd(['KexAlgorithms sntrup761x25519-sha512@openssh.com']);
      user = addUser();
      const line = makeKey(join(plain.folder, 'id'), 'ed25519');
      for (const sshd of [plain, quantum]) authorize(sshd, user.name, line);
      await builtCli();
    }, 60_000);
    afterAll(async () => {
      await plain.stop();
      await quantum.stop();
      user.remove();
    });

    test('by itself ssh where ssh2 has no algorithm in common, told once; the other node as ever', async () => {
      const ran = await audit([node('new', quantum), node('old', plain)]);
      expect(ran.stderr).toContain(
        'note: new: by your own ssh, for ssh2 cannot use the key exchange algorithms that this node offers',
      );
      expect(ran.stderr).not.toContain('old: by your own ssh');
      expect(ways(ran)).toEqual({
        new: ['openssh', 'the key exchange algorithms that this node offers'],
        old: ['ssh2', undefined],
      });
      expect(reached(ran)).toEqual([
        ['new', true],
        ['old', true],
      ]);
    });

    test('--transport ssh2 stays with ssh2, and says what would help', async () => {
      const ran = await audit([node('new', quantum), node('old', plain)], ['--transport', 'ssh2']);
      expect(reached(ran)).toEqual([
        ['new', false],
        ['old', true],
      ]);
      expect(ways(ran)).toEqual({ old: ['ssh2', undefined] });
      expect(ran.stdout).toContain('no key exchange algorithm in common');
      expect(ran.stdout).toContain('Use --transport openssh');
      // The other node is judged as ever, and may fail.
      expect([1, 2]).toContain(ran.code);
    });

    test('--transport openssh takes ssh for every node', async () => {
      const before = plain.log().length;
      const ran = await audit([node('old', plain)], ['--transport', 'openssh']);
      expect(reached(ran)).toEqual([['old', true]]);
      expect(ways(ran)).toEqual({ old: ['openssh', '--transport openssh'] });
      expect(plain.log().slice(before)).toContain('Accepted publickey');
      expect(ran.stdout + ran.stderr).not.toContain('by your own ssh');
    });

    test('what the configuration asks for and ssh2 cannot do goes to ssh, each with its reason', async () => {
      const config = join(mkdtempSync(join(plain.folder, 'config-')), 'config');
      const asks = {
        token: 'PKCS11Provider /usr/lib/token.so',
        kerberos: 'PreferredAuthentications gssapi-with-mic',
        quantum: 'KexAlgorithms sntrup761x25519-sha512@openssh.com',
        certificate: 'CertificateFile /nonexistent-cert.pub',
      };
      const hosts = Object.entries(asks).map(
        ([host, words]) => `Host ${host}\n  HostName 127.0.0.1\n  ${words}\n`,
      );
      writeFileSync(config, hosts.join(''));
      const nodes = Object.keys(asks).map((host) => node(host, plain).replace('127.0.0.1', host));
      // One at a time: three logins that are refused one after the other would pause the fleet.
      const list = [...nodes.slice(0, 2), node('old', plain), ...nodes.slice(2)];
      const more = ['--config', config, '--concurrency', '1'];
      const ran = await audit(list, more, { env: { PATH: standInOnPath() } });
      const about = /^note: (\S+): by your own ssh, for ssh2 cannot use (.*)$/gm;
      expect([...ran.stderr.matchAll(about)].map(([, name, why]) => [name, why])).toEqual([
        ['token', 'a security token (PKCS11Provider)'],
        ['kerberos', 'logging in by gssapi-with-mic alone (PreferredAuthentications)'],
        ['quantum', expect.stringContaining('KexAlgorithms')],
        ['certificate', 'a user certificate (CertificateFile)'],
      ]);
      const report = reportSchema.parse(JSON.parse(ran.stdout));
      for (const { name, reason, readiness } of report.nodes.filter((one) => one.name !== 'old')) {
        expect([name, readiness]).toEqual([name, 'unknown']);
        expect(reason).toMatch(/^auth-failed: .*the server takes: stand-in for ssh/);
      }
      expect(ways(ran)).toEqual({ old: ['ssh2', undefined] });
      expect(ran.code).toBe(report.readiness === 'not-ready' ? 1 : 2);
    });

    test('where there is no ssh, the sentence names what is missing', async () => {
      const env = { PATH: '/nonexistent' };
      const asked = await audit([node('old', plain)], ['--transport', 'openssh'], { env });
      expect(asked.code).toBe(3);
      expect(asked.stderr).toContain('--transport openssh needs the OpenSSH client');
      const chosen = await audit([node('new', quantum)], [], { env });
      expect(chosen.code).toBe(2);
      expect(chosen.stdout).toContain('Install the OpenSSH client (ssh) on this machine');
    });

    test('another word is refused', async () => {
      const ran = await audit([node('old', plain)], ['--transport', 'telnet']);
      expect(ran.code).toBe(3);
      expect(ran.stderr).toContain('ssh2, openssh');
    });
  });
});
