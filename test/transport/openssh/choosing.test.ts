import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { choosing } from '../../../src/transport/choosing.js';
import type { OpenSshOptions } from '../../../src/transport/openssh/options.js';
import type { HostSettings } from '../../../src/transport/ssh/options.js';
import {
  addUser,
  authorize,
  makeKey,
  missingForSshd,
  startAgent,
  startSshd,
} from '../../helpers/sshd.js';
import type { Sshd, TestUser } from '../../helpers/sshd.js';
import { nodeAt, run } from '../ssh/rig.js';
import { failureOf, openRig, type OpenRig } from './rig.js';

const missing = missingForSshd('/usr/sbin/useradd');

type Choice = {
  readonly open: OpenRig['open'];
  readonly warnings: string[];
  readonly ssh2: OpenRig;
  readonly openssh: OpenRig;
};

/** Both transports over the same files, as the command wires them. */
function choice(folder: string, change: Partial<OpenSshOptions> = {}, installed = true): Choice {
  const ssh2 = openRig(folder, { ...change, sshStandsBy: installed }, [], 'ssh2');
  const openssh = openRig(folder, change);
  const warnings: string[] = [];
  const transport = choosing({
    ssh2: ssh2.transport,
    openssh: installed ? openssh.transport : null,
    onWarning: (text) => warnings.push(text),
  });
  const { signal } = new AbortController();
  return { open: (node, own = signal) => transport.open(node, own), warnings, ssh2, openssh };
}

describe.skipIf(missing !== null)(`what ssh2 cannot do, ssh does ${missing ?? ''}`, () => {
  let home: Sshd;
  let user: TestUser;
  const folder = (): string => mkdtempSync(join(home.folder, 'case-'));
  beforeAll(async () => {
    home = await startSshd();
    user = addUser();
    authorize(home, user.name, makeKey(join(home.folder, 'id'), 'ed25519'));
  });
  afterAll(async () => {
    await home.stop();
    user.remove();
  });
  const id = (): string => join(home.folder, 'id');

  /** Opens, runs a word, closes; another node in the same run goes by ssh2. */
  const proven = async (
    { open, warnings }: Choice,
    port: number,
    why: RegExp,
  ): Promise<Awaited<ReturnType<OpenRig['open']>>> => {
    const session = await open(nodeAt(port, user.name));
    expect((await run(session, 'id -un\n')).stdout.toString()).toBe(`${user.name}\n`);
    await session.close();
    expect(session.peer.transport).toBe('openssh');
    expect(session.peer.chosenBecause).toMatch(why);
    await (await open(nodeAt(port, user.name))).close();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^n1: by your own ssh, for ssh2 cannot use /);
    const other = await open({ ...nodeAt(home.port, user.name), name: 'n2' });
    await other.close();
    expect(other.peer.transport).toBe('ssh2');
    return session;
  };

  test('a server with post-quantum key exchange alone', async () => {
    const server = await startSshd(['KexAlgorithms sntrup761x25519-sha512@openssh.com']);
    authorize(server, user.name, readFileSync(`${id()}.pub`, 'utf8').trim());
    const session = await proven(
      choice(folder(), { identityFiles: [id()] }),
      server.port,
      /^the key exchange algorithms that this node offers$/,
    );
    expect(session.peer.algorithms?.['kex']).toContain('sntrup761x25519');
    const without = choice(folder(), { identityFiles: [id()] }, false);
    const failure = await failureOf(without.open(nodeAt(server.port, user.name)));
    await server.stop();
    expect(failure.reason).toMatch(/^refused: .*no key exchange algorithm in common/);
    expect(failure.nextStep).toMatch(/^Install the OpenSSH client \(ssh\)/);
  });

  test('B12/41 a user certificate beside the key, and in the agent: nobody is asked for a password', async () => {
    const server = await startSshd([`TrustedUserCAKeys ${join(home.folder, 'ca.pub')}`]);
    makeKey(join(home.folder, 'ca'), 'ed25519');
    const key = join(server.folder, 'id_cert');
    makeKey(key, 'ed25519');
    execFileSync('ssh-keygen', [
      '-q',
      '-s',
      join(home.folder, 'ca'),
      '-I',
      'me',
      '-n',
      user.name,
      `${key}.pub`,
    ]);
    const files = choice(folder(), { identityFiles: [key, id()] });
    await proven(files, server.port, /^the certificate .*id_cert-cert\.pub$/);
    expect([...files.ssh2.asked, ...files.openssh.asked]).toEqual([]);

    const at = folder();
    const agent = startAgent(at);
    agent.add(key);
    const environment = { PATH: '/usr/bin:/bin', HOME: at, SSH_AUTH_SOCK: agent.socket };
    const mine = choice(at, { agentSocket: agent.socket, environment });
    const session = await mine.open(nodeAt(server.port, user.name));
    await session.close();
    agent.stop();
    await server.stop();
    expect(session.peer.chosenBecause).toMatch(/the agent's ssh-ed25519-cert-v01@openssh.com key/);
    expect([...mine.ssh2.asked, ...mine.openssh.asked]).toEqual([]);
  });

  test('B12/17 a host known by its certificate alone (@cert-authority)', async () => {
    const ca = join(home.folder, 'host-ca');
    makeKey(ca, 'ed25519');
    const own = join(home.folder, 'host_key');
    const plain = makeKey(own, 'ed25519');
    execFileSync('ssh-keygen', ['-q', '-s', ca, '-I', 'h', '-h', '-n', '127.0.0.1', `${own}.pub`]);
    const server = await startSshd([`HostKey ${own}`, `HostCertificate ${own}-cert.pub`]);
    authorize(server, user.name, readFileSync(`${id()}.pub`, 'utf8').trim());
    const at = folder();
    const known = join(at, 'known_hosts');
    const home22 = `[127.0.0.1]:${String(home.port)} ${home.hostKeys.ed25519}\n`;
    writeFileSync(
      known,
      `@cert-authority [127.0.0.1]:${String(server.port)} ${readFileSync(`${ca}.pub`, 'utf8')}${home22}`,
    );
    const mine = choice(at, { identityFiles: [id()], hostKeyPolicy: 'strict' });
    const session = await proven(mine, server.port, /host certificate \(@cert-authority/);
    await server.stop();
    expect(session.peer.hostKey).toMatchObject({
      type: 'ssh-ed25519-cert-v01@openssh.com',
      trustedBy: `${known}:1 (@cert-authority)`,
    });
    expect(readFileSync(known, 'utf8')).not.toContain(plain);
  });

  test.each([
    [{ needsOpenSsh: ['a security token (PKCS11Provider)'] }, /PKCS11Provider/],
    [
      { needsOpenSsh: ['logging in by gssapi-with-mic alone (PreferredAuthentications)'] },
      /gssapi/,
    ],
    [{ algorithms: { kex: ['mlkem768x25519-sha256'] } }, /KexAlgorithms/],
  ] satisfies [HostSettings, RegExp][])(
    'what the configuration asks for (%j) goes to a stand-in for ssh',
    async (settings, why) => {
      const at = folder();
      const mine = choice(at, {
        ssh: standIn(at),
        resolve: (node) =>
          Promise.resolve({ host: node.host, port: 22, user: 'root', settings, jump: [] }),
      });
      const failure = await failureOf(mine.open(nodeAt(22)));
      expect(failure.reason).toMatch(/^auth-failed: .*the server takes: stand-in/);
      expect(mine.warnings).toEqual([expect.stringMatching(why)]);
      const other = await choice(folder(), { identityFiles: [id()] }).open(
        nodeAt(home.port, user.name),
      );
      await other.close();
      expect(other.peer).toMatchObject({ transport: 'ssh2' });
      expect(other.peer).not.toHaveProperty('chosenBecause');
    },
  );

  test('a security key file goes to a stand-in for ssh, before anybody is asked for a password', async () => {
    const at = folder();
    const key = join(at, 'id_ed25519_sk');
    copyFileSync(id(), key);
    chmodSync(key, 0o600);
    const blob = Buffer.concat(
      ['sk-ssh-ed25519@openssh.com', '0'.repeat(32), 'ssh:'].map((text) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(text.length);
        return Buffer.concat([length, Buffer.from(text)]);
      }),
    );
    writeFileSync(key, unreadable(blob), { mode: 0o600 });
    writeFileSync(`${key}.pub`, `sk-ssh-ed25519@openssh.com ${blob.toString('base64')} test\n`);
    const mine = choice(at, { ssh: standIn(at), identityFiles: [key] });
    const failure = await failureOf(mine.open(nodeAt(home.port, user.name)));
    expect(failure.reason).toMatch(/stand-in/);
    expect(mine.warnings[0]).toMatch(/the security key .*id_ed25519_sk/);
    expect(mine.ssh2.asked).toEqual([]);
    expect(existsSync(join(at, 'asked-stand-in'))).toBe(true);
  });
});

/** The private half in OpenSSH's format, whose clear part names the type. */
function unreadable(blob: Buffer): string {
  const field = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const none = field(Buffer.from('none'));
  const count = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    none,
    none,
    field(Buffer.alloc(0)),
    count,
    field(blob),
    field(Buffer.alloc(64)),
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** A script that says of itself that it stands in for ssh: it shows who is asked, not that the login would work. */
function standIn(folder: string): string {
  const path = join(folder, 'ssh-stand-in');
  const script = [
    '#!/bin/sh',
    '[ "$1" = -V ] && { echo "OpenSSH_9.9 stand-in" >&2; exit 0; }',
    `echo asked >>'${folder}/asked-stand-in'`,
    'while [ $# -gt 0 ]; do [ "$1" = -E ] && log=$2; shift; done',
    'echo "root@host: Permission denied (stand-in for ssh)." >"$log"',
    'exit 255',
    '',
  ];
  writeFileSync(path, script.join('\n'), { mode: 0o755 });
  return path;
}
