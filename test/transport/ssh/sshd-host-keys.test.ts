import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorize, makeKey, missingForSshd, startSshd, type Sshd } from '../../helpers/sshd.js';
import { nodeAt, rig, run } from './rig.js';

const missing = missingForSshd();

describe.skipIf(missing !== null)(`host keys against a real sshd ${missing ?? ''}`, () => {
  let sshd: Sshd;
  let identity = '';
  let otherKey = '';
  const folder = (): string => mkdtempSync(join(sshd.folder, 'case-'));
  /** A folder with this known_hosts; HOST and PORT are filled in. */
  const withKnown = (text: string): string => {
    const path = folder();
    const name = `[127.0.0.1]:${String(sshd.port)}`;
    writeFileSync(join(path, 'known_hosts'), text.replaceAll('NAME', name));
    return path;
  };

  beforeAll(async () => {
    sshd = await startSshd(['LogLevel DEBUG1']);
    identity = join(sshd.folder, 'id');
    authorize(sshd, 'root', makeKey(identity, 'ed25519'));
    otherKey = makeKey(join(sshd.folder, 'other'), 'ed25519');
  });
  afterAll(async () => {
    await sshd.stop();
  });

  test('ask: an unknown key ends the attempt, the same key pinned is accepted and written down', async () => {
    const path = folder();
    const known = join(path, 'known_hosts');
    const asking = rig(path, { hostKeyPolicy: 'ask', identityFiles: [identity] });
    const failure = await asking.failure(nodeAt(sshd.port));
    expect(failure.reason).toMatch(
      /^host-key-unknown: \[127\.0\.0\.1\]:\d+: its key ssh-ed25519 SHA256:/,
    );
    expect(existsSync(known)).toBe(false);
    const [key] = asking.unknown;
    expect(key?.type).toBe('ssh-ed25519');
    const listed = execFileSync('ssh-keygen', ['-lf', join(sshd.folder, 'host_ed25519.pub')], {
      encoding: 'utf8',
    });
    expect(listed).toContain(key?.fingerprint ?? 'no key');
    if (key !== undefined) asking.options.pins.accept(key);
    const session = await asking.open(nodeAt(sshd.port));
    expect(session.peer).toMatchObject({
      transport: 'ssh2',
      address: '127.0.0.1',
      user: 'root',
      hostKey: {
        type: 'ssh-ed25519',
        fingerprint: key?.fingerprint,
        trustedBy: 'accepted by the operator',
      },
      algorithms: { kex: 'curve25519-sha256', 'cipher-out': 'aes128-gcm@openssh.com' },
      authMethod: 'publickey',
    });
    expect(session.peer.serverVersion).toMatch(/^OpenSSH_/);
    expect(session.peer.authKey).toMatch(/^SHA256:/);
    expect((await run(session, 'echo there')).stdout.toString()).toBe('there\n');
    await session.close();
    // It told all its keys, and was not asked to sign for each of them.
    expect(sshd.log()).not.toContain('hostkeys-prove');
    expect(readFileSync(known, 'utf8')).toBe(
      `[127.0.0.1]:${String(sshd.port)} ${sshd.hostKeys.ed25519}\n`,
    );
    expect(statSync(known).mode & 0o777).toBe(0o600);
    // The real client agrees with what was written.
    const ssh = execFileSync(
      'ssh',
      [
        '-F',
        'none',
        '-o',
        'BatchMode=yes',
        '-o',
        'StrictHostKeyChecking=yes',
        '-o',
        `UserKnownHostsFile=${known}`,
        '-o',
        'IdentitiesOnly=yes',
        '-i',
        identity,
        '-p',
        String(sshd.port),
        'root@127.0.0.1',
        'echo agreed',
      ],
      { encoding: 'utf8' },
    );
    expect(ssh).toBe('agreed\n');
  });

  test('a pinned key that is not the one shown is a change, and nothing is written', async () => {
    const path = folder();
    const asking = rig(path, { hostKeyPolicy: 'ask', identityFiles: [identity] });
    asking.options.pins.accept({
      host: '127.0.0.1',
      port: sshd.port,
      key: otherKey.split(' ')[1] ?? '',
    });
    const failure = await asking.failure(nodeAt(sshd.port));
    expect(failure.reason).toMatch(/^host-key-changed: .*in this session SHA256:/);
    expect(existsSync(join(path, 'known_hosts'))).toBe(false);
  });

  test('strict refuses an unknown key and asks nobody; accept-new takes it, hashed if so configured', async () => {
    const strict = rig(folder(), { hostKeyPolicy: 'strict', identityFiles: [identity] });
    expect((await strict.failure(nodeAt(sshd.port))).reason).toMatch(/^host-key-unknown: /);
    expect(strict.unknown).toEqual([]);
    const path = folder();
    const known = join(path, 'known_hosts');
    writeFileSync(known, '# no newline at the end');
    const accepting = rig(path, {
      identityFiles: [identity],
      knownHostsFiles: { user: [known], system: [], write: known, hashNew: true },
    });
    await (await accepting.open(nodeAt(sshd.port))).close();
    expect(readFileSync(known, 'utf8')).toMatch(/^# no newline at the end\n\|1\|/);
    const found = execFileSync(
      'ssh-keygen',
      ['-F', `[127.0.0.1]:${String(sshd.port)}`, '-f', known],
      { encoding: 'utf8' },
    );
    expect(found).toContain(sshd.hostKeys.ed25519);
    const again = await rig(path, { hostKeyPolicy: 'strict', identityFiles: [identity] }).open(
      nodeAt(sshd.port),
    );
    expect(again.peer.hostKey?.trustedBy).toBe(`${known}:2`);
    await again.close();
  });

  test('what was not proven by a login is not written', async () => {
    const path = folder();
    const accepting = rig(path);
    expect((await accepting.failure(nodeAt(sshd.port))).reason).toMatch(/^auth-failed: /);
    expect(existsSync(join(path, 'known_hosts'))).toBe(false);
  });

  test('a changed key is a hard stop with file, line and both fingerprints', async () => {
    const path = withKnown(`# first line\nNAME ${otherKey}\n`);
    const failure = await rig(path, { identityFiles: [identity] }).failure(nodeAt(sshd.port));
    expect(failure.reason).toMatch(
      /^host-key-changed: .*it shows ssh-ed25519 SHA256:.*known_hosts:2 holds ssh-ed25519 SHA256:/,
    );
    expect(failure.nextStep).toContain('ssh-keygen -f ');
    const asking = rig(path, { identityFiles: [identity], hostKeyPolicy: 'ask' });
    asking.options.pins.accept({
      host: '127.0.0.1',
      port: sshd.port,
      key: sshd.hostKeys.ed25519.split(' ')[1] ?? '',
    });
    expect((await asking.failure(nodeAt(sshd.port))).reason).toMatch(/^host-key-changed: /);
    expect(asking.unknown).toEqual([]);
  });

  test('a revoked key is refused although another line knows it', async () => {
    const path = withKnown(`NAME ${sshd.hostKeys.ed25519}\n@revoked * ${sshd.hostKeys.ed25519}\n`);
    const failure = await rig(path, { identityFiles: [identity] }).failure(nodeAt(sshd.port));
    expect(failure.reason).toMatch(/^host-key-revoked: .*known_hosts:2/);
  });

  test.each(['rsa', 'ecdsa'] as const)(
    'a host known by its %s key alone shows that key',
    async (type) => {
      const path = withKnown(`NAME ${sshd.hostKeys[type]}\n`);
      const session = await rig(path, { hostKeyPolicy: 'strict', identityFiles: [identity] }).open(
        nodeAt(sshd.port),
      );
      expect(session.peer.hostKey?.type).toContain(type);
      await session.close();
    },
  );

  test('an authority line is mentioned, the bare name is looked up after the name with port', async () => {
    const authority = withKnown(`@cert-authority NAME ${otherKey}\n`);
    const failure = await rig(authority, { hostKeyPolicy: 'strict' }).failure(nodeAt(sshd.port));
    expect(failure.reason).toContain('trusts its host certificate (@cert-authority)');
    const bare = withKnown(`127.0.0.1 ${sshd.hostKeys.ed25519}\n`);
    const session = await rig(bare, { hostKeyPolicy: 'strict', identityFiles: [identity] }).open(
      nodeAt(sshd.port),
    );
    expect((await run(session, 'echo in\n')).stdout.toString()).toBe('in\n');
    await session.close();
  });

  test('a folder or a FIFO as known_hosts is said of the node and does not hang', async () => {
    const fifo = join(folder(), 'known_hosts');
    execFileSync('mkfifo', [fifo]);
    for (const [file, what] of [
      [sshd.folder, 'folder'],
      [fifo, 'named pipe'],
    ] as const) {
      const odd = rig(folder(), { knownHostsFiles: { user: [file], system: [], write: null } });
      const { reason } = await odd.failure(nodeAt(sshd.port));
      expect(reason).toMatch(/^not-run: the node was not tried: /);
      expect(reason).toContain(`${file} cannot be read: it is a ${what}`);
    }
    rmSync(fifo);
  });
});
