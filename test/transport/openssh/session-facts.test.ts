import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PeerRecord } from '../../../src/domain/evidence.js';
import { missingForSshd, type Sshd } from '../../helpers/sshd.js';
import { nodeAt, run } from '../ssh/rig.js';
import { openLab } from './lab.js';
import { openRig } from './rig.js';

const missing = missingForSshd('/usr/sbin/useradd', '/usr/bin/sudo');

/** What sshd logged of its side of one connection (LogLevel DEBUG1). */
function toldBySshd(log: string): Readonly<Record<string, string | undefined>> {
  const first = (pattern: RegExp): string | undefined => pattern.exec(log)?.[1];
  const pair = (way: string): RegExpExecArray | null =>
    new RegExp(`kex: ${way} cipher: (\\S+) MAC: (\\S+) `).exec(log);
  return {
    kex: first(/kex: algorithm: (\S+)/),
    serverHostKey: first(/kex: host key algorithm: (\S+)/),
    'cipher-out': pair('client->server')?.[1],
    'mac-out': pair('client->server')?.[2],
    'cipher-in': pair('server->client')?.[1],
    'mac-in': pair('server->client')?.[2],
    authMethod: first(/^Accepted (\S+?)(?:\/pam)? for /m),
    authKey: first(/^Accepted publickey for .* ssh2: \S+ (SHA256:\S+)/m),
    user: first(/^Accepted \S+ for (\S+) from /m),
    address: first(/^Connection from \S+ port \d+ on (\S+) port /m),
  };
}

/** The same of a record. An algorithm that is no MAC of its own is `<implicit>` to OpenSSH. */
const toldByUs = ({ algorithms = {}, ...peer }: PeerRecord): ReturnType<typeof toldBySshd> => ({
  ...algorithms,
  authMethod: peer.authMethod,
  authKey: peer.authKey,
  user: peer.user,
  address: peer.address,
});

const SERVERS = [
  ['the usual algorithms', []],
  [
    'an older set',
    [
      'KexAlgorithms diffie-hellman-group14-sha256',
      'Ciphers aes256-ctr',
      'MACs hmac-sha2-256',
      'HostKeyAlgorithms rsa-sha2-512',
    ],
  ],
] as const;

describe.skipIf(missing !== null)(`the record of a session is true ${missing ?? ''}`, () => {
  const lab = openLab(['%u ALL=(ALL) NOPASSWD: ALL']);
  const servers = new Map<string, Promise<Sshd>>();
  const serverOf = (name: string, extra: readonly string[]): Promise<Sshd> => {
    const known = servers.get(name) ?? lab.another(['LogLevel DEBUG1', ...extra]);
    servers.set(name, known);
    return known;
  };

  describe.each(['ssh2', 'openssh'] as const)('%s', (kind) => {
    test.each(
      SERVERS.flatMap(([name, extra]) =>
        (['a key', 'a password'] as const).map((login) => [name, login, extra] as const),
      ),
    )('%s, %s: as sshd logged it', async (name, login, extra) => {
      const sshd = await serverOf(name, extra);
      const before = sshd.log().length;
      const at = lab.folder();
      const known = join(at, 'known_hosts');
      const type = name === 'an older set' ? 'rsa' : 'ed25519';
      writeFileSync(
        known,
        `# a comment\n[127.0.0.1]:${String(sshd.port)} ${sshd.hostKeys[type]}\n`,
      );
      const mine = openRig(
        at,
        { identityFiles: login === 'a key' ? [lab.key('id')] : [], hostKeyPolicy: 'strict' },
        [lab.user.password],
        kind,
      );
      const session = await mine.open(nodeAt(sshd.port, lab.user.name));
      expect(session.peer).not.toHaveProperty('privilege');
      await run(session, 'id -u\n', { runAs: 'root' });
      await session.close();
      const { peer } = session;
      const told = toldBySshd(sshd.log().slice(before));
      expect(Object.values(told).filter((value) => value === undefined)).toHaveLength(
        login === 'a key' ? 0 : 1,
      );
      expect(toldByUs(peer)).toEqual(told);
      const fingerprint = execFileSync(
        'ssh-keygen',
        ['-lf', join(sshd.folder, `host_${type}.pub`)],
        {
          encoding: 'utf8',
        },
      ).split(' ')[1];
      expect(peer).toMatchObject({
        transport: kind,
        host: '127.0.0.1',
        port: sshd.port,
        privilege: 'sudo',
        postQuantum: /sntrup|mlkem/.test(told['kex'] ?? ''),
        serverVersion: (await greetingOf(sshd.port)).replace(/^SSH-2\.0-/, ''),
        hostKey: {
          type: type === 'rsa' ? 'ssh-rsa' : 'ssh-ed25519',
          fingerprint,
          trustedBy: `${known}:2`,
          ...(type === 'rsa' ? { bits: 2048 } : {}),
        },
      });
    });
  });

  test('openssh: as ssh -v prints it', async () => {
    const sshd = await serverOf('the usual algorithms', []);
    const at = lab.folder();
    const known = join(at, 'known_hosts');
    writeFileSync(known, `[127.0.0.1]:${String(sshd.port)} ${sshd.hostKeys.ed25519}\n`);
    const session = await lab
      .rig({ hostKeyPolicy: 'strict' }, [], at)
      .open(nodeAt(sshd.port, lab.user.name));
    await session.close();
    const options = [
      '-F',
      '/dev/null',
      '-v',
      '-o',
      `UserKnownHostsFile=${known}`,
      '-i',
      lab.key('id'),
    ];
    const there = ['-p', String(sshd.port), `${lab.user.name}@127.0.0.1`, 'true'];
    const { stderr } = spawnSync('ssh', [...options, ...there], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin' },
    });
    const { algorithms, hostKey, authKey, address, serverVersion } = session.peer;
    const { kex, serverHostKey, 'cipher-in': cipher, 'mac-in': mac } = algorithms ?? {};
    for (const line of [
      `kex: algorithm: ${String(kex)}`,
      `kex: host key algorithm: ${String(serverHostKey)}`,
      `kex: server->client cipher: ${String(cipher)} MAC: ${String(mac)} `,
      `Server host key: ssh-ed25519 ${String(hostKey?.fingerprint)}`,
      `Found key in ${String(hostKey?.trustedBy)}`,
      `remote software version ${String(serverVersion)}`,
      `Authenticated to 127.0.0.1 ([${String(address)}]:${String(sshd.port)}) using "publickey".`,
      `Server accepts key: ${lab.key('id')} ED25519 ${String(authKey)}`,
    ])
      expect(stderr).toContain(line);
  });
});

/** The first line of a server. */
async function greetingOf(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [line] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return line.toString().split('\r\n')[0] ?? '';
}
