import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { describe, expect, test } from 'vitest';
import { makeHostKey } from '../../../src/cli/demo/host-key.js';
import { startFakeNode } from '../../helpers/fake-node-server.js';
import { missingForSshd } from '../../helpers/sshd.js';
import { nodeAt, run } from '../ssh/rig.js';
import { openLab } from './lab.js';

const missing = missingForSshd('/usr/sbin/useradd');

/** ssh that says it is older than KnownHostsCommand, and is the real one in all else. */
function oldSsh(folder: string): string {
  const path = join(folder, 'ssh-8.4');
  const script = '[ "$1" = -V ] && { echo "OpenSSH_8.4p1" >&2; exit 0; }\nexec /usr/bin/ssh "$@"\n';
  writeFileSync(path, `#!/bin/sh\n${script}`, { mode: 0o755 });
  return path;
}

describe.skipIf(missing !== null)(`a new key that is taken on trust ${missing ?? ''}`, () => {
  const lab = openLab();
  const WAYS = [
    ['ssh that asks us for keys', () => '/usr/bin/ssh'],
    ['ssh before 8.5', oldSsh],
  ] as const;

  describe.each(WAYS)('by %s', (_, sshIn) => {
    test('is written after the login and not before, where ssh itself finds it', async () => {
      const at = lab.folder();
      const known = join(at, 'known_hosts');
      const before: boolean[] = [];
      const mine = lab.rig(
        {
          ssh: sshIn(at),
          identityFiles: [],
          knownHostsFiles: { user: [known], system: [], write: known, hashNew: true },
          broker: {
            ask: () => {
              before.push(existsSync(known));
              return Promise.resolve(lab.user.password);
            },
          },
        },
        [],
        at,
      );
      const session = await mine.open(lab.here());
      await session.close();
      expect(before).toEqual([false]);
      expect(session.peer.hostKey).toMatchObject({ type: 'ssh-ed25519', trustedBy: 'accept-new' });
      const [line = '', ...rest] = readFileSync(known, 'utf8').trim().split('\n');
      expect(rest).toEqual([]);
      expect(line).toMatch(/^\|1\|/);
      expect(line.endsWith(lab.sshd.hostKeys.ed25519)).toBe(true);
      const strict = ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=yes', '-o', 'BatchMode=yes'];
      const files = ['-o', `UserKnownHostsFile=${known}`, '-i', lab.key('id')];
      const there = ['-p', String(lab.sshd.port), `${lab.user.name}@127.0.0.1`, 'id', '-un'];
      const said = execFileSync('ssh', [...strict, ...files, ...there], { encoding: 'utf8' });
      expect(said.trim()).toBe(lab.user.name);
    });

    test('is not written when nobody was let in', async () => {
      const at = lab.folder();
      const mine = lab.rig(
        { ssh: sshIn(at), identityFiles: [], hostKeyPolicy: 'accept-new' },
        [null],
        at,
      );
      const failure = await mine.failure(lab.here());
      expect(failure.reason).toMatch(/^auth-failed: /);
      expect(existsSync(join(at, 'known_hosts'))).toBe(false);
    });

    test('B12/13 a key that the server cannot prove to hold is an alarm, and nothing is written', async () => {
      const shown = ssh2.utils.parseKey(makeHostKey().private);
      const held = ssh2.utils.parseKey(makeHostKey().private);
      if (held instanceof Error || shown instanceof Error) throw new Error('no keys');
      const liar = Object.assign(shown, { sign: (data: Buffer) => held.sign(data) });
      const node = await startFakeNode({ hostKeys: [{ key: liar as unknown as string }] });
      const at = lab.folder();
      const mine = lab.rig({ ssh: sshIn(at) }, [], at);
      const failure = await lab.failsAlone(mine, nodeAt(node.port));
      await node.stop();
      expect(failure.reason).toMatch(
        /^host-key-changed: .*shows a host key that it cannot prove to hold$/,
      );
      expect(readFileSync(join(at, 'known_hosts'), 'utf8')).not.toContain(`:${String(node.port)} `);
    });

    test('B12/3 is none where another key is known, whatever its type', async () => {
      const at = lab.folder();
      const line = `[127.0.0.1]:${String(lab.sshd.port)} ${readFileSync(`${lab.key('stranger')}.pub`, 'utf8')}`;
      writeFileSync(join(at, 'known_hosts'), line);
      const mine = lab.rig({ ssh: sshIn(at) }, [], at);
      const failure = await lab.failsAlone(mine, lab.here());
      expect(failure.reason).toMatch(/^host-key-changed: /);
      expect(readFileSync(join(at, 'known_hosts'), 'utf8')).toMatch(line.trim());
    });
  });

  test('B12/17 is none where a certificate authority vouches for the right one', async () => {
    const at = lab.folder();
    const authority = readFileSync(`${lab.key('stranger')}.pub`, 'utf8');
    writeFileSync(
      join(at, 'known_hosts'),
      `@cert-authority [127.0.0.1]:${String(lab.sshd.port)} ${authority}`,
    );
    const failure = await lab.failsAlone(lab.rig({}, [], at), lab.here());
    expect(failure.reason).toMatch(/^host-key-unknown: .*@cert-authority/);
  });

  test('B12/2 none is wanted where a file of any name holds the key', async () => {
    const file = join(lab.folder(), 'known %h hosts');
    writeFileSync(file, `[127.0.0.1]:${String(lab.sshd.port)} ${lab.sshd.hostKeys.ed25519}\n`);
    const knownHostsFiles = { user: [join(lab.folder(), 'none'), file], system: [], write: null };
    const session = await lab.rig({ knownHostsFiles, hostKeyPolicy: 'strict' }).open(lab.here());
    await session.close();
    expect(session.peer.hostKey?.trustedBy).toBe(`${file}:1`);
  });

  describe('of each hop', () => {
    const other = (): string => readFileSync(`${lab.key('stranger')}.pub`, 'utf8').trim();
    const hop = (port: number): string => `${lab.user.name}@127.0.0.1:${String(port)}`;

    test('two hops: each is kept under its own name', async () => {
      const at = lab.folder();
      const second = await lab.another();
      const mine = lab.rig({}, [], at);
      const jump = [hop(lab.sshd.port), hop(second.port)];
      const session = await mine.open({ ...lab.here(), host: 'localhost', jump });
      expect((await run(session, 'id -un\n')).stdout.toString()).toBe(`${lab.user.name}\n`);
      await session.close();
      expect(readFileSync(join(at, 'known_hosts'), 'utf8').trim().split('\n')).toEqual([
        `[127.0.0.1]:${String(lab.sshd.port)} ${lab.sshd.hostKeys.ed25519}`,
        `[127.0.0.1]:${String(second.port)} ${second.hostKeys.ed25519}`,
        `[localhost]:${String(lab.sshd.port)} ${lab.sshd.hostKeys.ed25519}`,
      ]);
      // What is behind a jump host has no address that we know.
      expect(session.peer).not.toHaveProperty('address');
    });

    test.each(['hop', 'node'] as const)('a changed key of the %s stops there', async (which) => {
      const at = lab.folder();
      const port = String(lab.sshd.port);
      const name = which === 'hop' ? `[127.0.0.1]:${port}` : `[localhost]:${port}`;
      writeFileSync(join(at, 'known_hosts'), `${name} ${other()}\n`);
      const before = lab.sshd.log().split('Accepted publickey').length;
      const node = { ...lab.here(), host: 'localhost', jump: [hop(lab.sshd.port)] };
      const failure = await lab.failsAlone(lab.rig({}, [], at), node);
      expect(failure.reason).toMatch(
        /^host-key-changed: .*it shows ssh-ed25519 SHA256:.*known_hosts:1/,
      );
      expect(failure.reason).toContain(name);
      // Nobody was let in behind the key that is wrong.
      expect(lab.sshd.log().split('Accepted publickey').length - before).toBe(
        which === 'hop' ? 0 : 1,
      );
    });
  });
});
