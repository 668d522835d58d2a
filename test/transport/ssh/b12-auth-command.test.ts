import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readBundle } from '../../../src/bundle/read-bundle.js';
import { readTar } from '../../../src/bundle/tar.js';
import type { Report } from '../../../src/domain/report.js';
import { builtCli, runCli, type CliRun } from '../../helpers/built.js';
import { Pty } from '../../helpers/pty.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';
import {
  addUser,
  authorize,
  makeKey,
  startSshd,
  type Sshd,
  type TestUser,
} from '../../helpers/sshd.js';

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describeAsRoot('the command at a real sshd, as root', () => {
  describeWith(['sshd', 'ssh-keygen', 'useradd', 'python3'], 'logins', () => {
    let sshd: Sshd;
    let user: TestUser;
    let home = '';
    const open: Pty[] = [];
    beforeAll(async () => {
      sshd = await startSshd(
        Array.from({ length: 8 }, (_, index) => `ListenAddress 127.0.0.${String(index + 2)}`),
      );
      user = addUser();
      authorize(sshd, user.name, makeKey(join(sshd.folder, 'id'), 'ed25519'));
      makeKey(join(sshd.folder, 'stranger'), 'ed25519');
      makeKey(join(sshd.folder, 'sealed'), 'ed25519', 'sesame-S3cret', '-a', '100');
      makeKey(join(sshd.folder, 'sealed-pkcs8'), 'rsa', 'sesame-S3cret', '-m', 'PKCS8');
      home = mkdtempSync(join(sshd.folder, 'home-'));
    });
    afterEach(async () => {
      for (const pty of open.splice(0)) await pty.close();
    });
    afterAll(async () => {
      await sshd.stop();
      user.remove();
    });

    const inventory = (count: number): string => {
      const path = join(home, `inventory-${String(count)}.yaml`);
      const nodes = Array.from(
        { length: count },
        (_, index) =>
          `  - { name: n${String(index + 1)}, host: 127.0.0.${String(index + 1)}, port: ${String(sshd.port)}, user: ${user.name} }`,
      );
      writeFileSync(path, `nodes:\n${nodes.join('\n')}\n`);
      return path;
    };
    const argsFor = (count: number, key: string): string[] => [
      'audit',
      '--inventory',
      inventory(count),
      '--identity',
      join(sshd.folder, key),
      '--known-hosts',
      join(home, 'known'),
      '--host-key',
      'accept-new',
      '--become',
      'none',
    ];
    const audit = (count: number, key: string, ...more: readonly string[]): Promise<CliRun> =>
      runCli([...argsFor(count, key), ...more], { env: { HOME: home } });

    test('a bundle of a real session says how the host key was trusted, the algorithms, the login and the privilege', async () => {
      const path = join(home, 'b-UNSIGNED.tar.gz');
      const ran = await audit(1, 'id', '--bundle', path, '--unsigned', '--format', 'json');
      expect(ran.stderr).toContain('NOT SIGNED');
      const packed = readFileSync(path);
      const files = readTar(gunzipSync(packed));
      const session = [...files].find(([name]) => name.endsWith('/nodes/n0001/session.json'));
      const { peer } = JSON.parse(session?.[1].toString() ?? '') as { peer: unknown };
      expect(peer).toMatchObject({
        transport: 'ssh2',
        address: '127.0.0.1',
        user: user.name,
        hostKey: {
          type: 'ssh-ed25519',
          fingerprint: matching(/^SHA256:/),
          trustedBy: matching(/accept-new|known/),
        },
        algorithms: { kex: matching(/^curve25519/), 'cipher-in': 'aes128-gcm@openssh.com' },
        postQuantum: false,
        privilege: matching(/^uid \d+$/),
        authMethod: 'publickey',
        authKey: matching(/^SHA256:/),
        serverVersion: matching(/^OpenSSH_/),
      });
      // It is still there when the bundle is judged again, and in the facts of the report.
      const again = await readBundle(packed, (value) => value as Report);
      expect(again.nodes[0]?.evidence.peer).toEqual(peer);
      const report = JSON.parse(ran.stdout) as Report;
      expect(report.nodes[0]?.facts).toMatchObject({
        login: matching(/^publickey \(SHA256:/),
        'key-exchange': matching(/^curve25519-sha256\S* \(not post-quantum\)$/),
        'host-key-trusted-by': matching(/./),
      });
    });

    test("the same by the user's own ssh, with a post-quantum key exchange", async () => {
      const ran = await audit(1, 'id', '--transport', 'openssh', '--format', 'json');
      expect((JSON.parse(ran.stdout) as Report).nodes[0]?.facts).toMatchObject({
        transport: 'openssh',
        login: matching(/^publickey \(SHA256:/),
        // OpenSSH has preferred a hybrid since 9.0.
        'key-exchange': matching(/^(sntrup761|mlkem768)x25519-\S+ \(post-quantum\)$/),
        'host-key-trusted-by': matching(/./),
      });
    });

    test('B12/49 a login shell of nologin: a key lets in, and the node says that it may not run anything', async () => {
      const shut = addUser({ shell: '/usr/sbin/nologin' });
      try {
        authorize(sshd, shut.name, readFileSync(join(sshd.folder, 'id.pub'), 'utf8').trim());
        const path = join(home, 'nologin.yaml');
        const node = (name: string, last: number, who: string): string =>
          `  - { name: ${name}, host: 127.0.0.${String(last)}, port: ${String(sshd.port)}, user: ${who} }`;
        writeFileSync(
          path,
          `nodes:\n${node('shut', 1, shut.name)}\n${node('fine', 2, user.name)}\n`,
        );
        const args = argsFor(1, 'id').with(2, path);
        const ran = await runCli([...args, '--format', 'json'], { env: { HOME: home } });
        const { nodes } = JSON.parse(ran.stdout) as Report;
        expect(nodes.map(({ reached }) => reached)).toEqual([false, true]);
        expect(nodes[0]?.reason).toMatch(/^no-login: /);
        expect([1, 2]).toContain(ran.code);
      } finally {
        shut.remove();
      }
    });

    test('the wrong key on a fleet without a terminal: three nodes refuse it, the rest is not tried', async () => {
      const ran = await audit(9, 'stranger', '--concurrency', '1', '--format', 'json');
      expect(ran.code).toBe(2);
      const reasons = (JSON.parse(ran.stdout) as Report).nodes.map(({ reason = '' }) => reason);
      expect(reasons.slice(0, 3).every((reason) => reason.startsWith('auth-failed: '))).toBe(true);
      expect(reasons.slice(3)).toHaveLength(6);
      for (const reason of reasons.slice(3)) {
        expect(reason).toMatch(
          /^not-run: n\d was not tried: n1, n2, n3 refused the login as \w+ one after the other/,
        );
      }
    });

    const prompted = async (count: number, key = 'sealed'): Promise<Pty> => {
      const pty = new Pty(process.execPath, [await builtCli(), ...argsFor(count, key)], {
        env: { HOME: home },
        columns: 160,
      });
      open.push(pty);
      await pty.waitForText(/n\d: passphrase \(Passphrase of \S+sealed\S*\):$/m);
      return pty;
    };

    test('B12/50 Ctrl-C in a secret prompt: the run ends, the terminal is as before, and what was typed is nowhere', async () => {
      const pty = await prompted(3);
      pty.press('half-typed-S3cret');
      pty.press('\u0003');
      expect(await pty.exit()).toEqual({ code: 130, modesRestored: true });
      expect(pty.bytes).not.toContain('S3cret');
      expect(pty.bytes.match(/passphrase \(/g)).toHaveLength(1);
      expect(everyFile(home)).not.toContain('S3cret');
      expect(sshd.log()).not.toContain('S3cret');
    });

    test('B12/50 the end of input at a secret prompt declines it, and the next way is tried', async () => {
      const pty = await prompted(1);
      await pty.go('\u0004', /n1: SSH password \(\w+ at 127\.0\.0\.1:\d+ is asked: Password:\):$/m);
      pty.press('\u0004');
      expect(await pty.exit()).toEqual({ code: 2, modesRestored: true });
      expect(pty.bytes).toMatch(/the\s+passphrase\s+of[^;]+was\s+declined/);
    });

    test.each(['sealed', 'sealed-pkcs8'])(
      'B12/42 a typed passphrase opens the key (%s) once for all nodes, and is shown nowhere',
      async (key) => {
        authorize(sshd, user.name, readFileSync(join(sshd.folder, `${key}.pub`), 'utf8').trim());
        const pty = await prompted(3, key);
        pty.press('sesame-S3cret\r');
        const { modesRestored } = await pty.exit();
        expect(modesRestored).toBe(true);
        expect(pty.bytes.match(/passphrase \(/g)).toHaveLength(1);
        expect(pty.bytes).not.toContain('S3cret');
        expect(pty.bytes).not.toContain('not reached');
        expect(everyFile(home)).not.toContain('S3cret');
      },
    );
  });
});

/** The bytes of all files below a folder. */
const everyFile = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
