import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InputError } from '../../../src/domain/errors.js';
import { readKeyFile, unlockKey } from '../../../src/transport/ssh/key-file.js';
import { createHostKeyPins } from '../../../src/transport/ssh/host-key-pins.js';
import { describeWith } from '../../helpers/require-tool.js';
import { startFakeNode, type FakeNode } from '../../helpers/fake-node-server.js';
import { nodeAt, rig } from './rig.js';

const PASSPHRASE = 'open sesame';
const LOCKED = ['-N', PASSPHRASE];
const FREE = ['-N', ''];

let folder = '';
const at = (name: string): string => join(folder, name);

/** A key file by ssh-keygen; its public half is taken away. */
function keygen(name: string, ...args: readonly string[]): string {
  execFileSync('ssh-keygen', ['-q', '-C', name, '-f', at(name), ...args], { stdio: 'ignore' });
  rmSync(at(`${name}.pub`));
  return at(name);
}

function openssl(name: string, ...args: readonly string[]): string {
  execFileSync('openssl', [...args, '-out', at(name)], { stdio: 'ignore' });
  chmodSync(at(name), 0o600);
  return at(name);
}

function file(name: string, text: string, mode = 0o600): string {
  writeFileSync(at(name), text, { mode });
  return at(name);
}

/** What ssh makes of it: the public key, or null. */
function openSsh(path: string, passphrase: string): string | null {
  const { status, stdout } = spawnSync('ssh-keygen', ['-y', '-P', passphrase, '-f', path], {
    encoding: 'utf8',
    input: '',
    timeout: 10_000,
  });
  return status === 0 ? stdout.split(' ').slice(0, 2).join(' ').trim() : null;
}

/** What we make of it: the public key, or the sentence that says why not. */
async function ours(path: string, passphrase: string): Promise<string> {
  try {
    const read = await readKeyFile(path);
    const key = await unlockKey(read, read.encrypted ? passphrase : undefined);
    const blob = key.getPublicSSH();
    return `${key.type} ${blob.toString('base64')}`;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
}

const edit = (path: string, change: (text: string) => string): string =>
  file(`${path.split('/').at(-1) ?? ''}-edited`, change(readFileSync(path, 'utf8')));

/** Each opens with the passphrase, or needs none. */
const READ: readonly (readonly [string, () => string])[] = [
  ['OpenSSH Ed25519', () => keygen('ed', '-t', 'ed25519', ...FREE)],
  ['OpenSSH RSA', () => keygen('rsa', '-t', 'rsa', ...FREE)],
  ['OpenSSH ECDSA', () => keygen('ec', '-t', 'ecdsa', ...FREE)],
  ...['aes256-ctr', 'aes128-ctr', 'aes256-cbc', '3des-cbc', 'aes256-gcm@openssh.com'].map(
    (cipher) =>
      [
        `OpenSSH sealed with ${cipher}`,
        () => keygen(`z-${cipher}`, '-t', 'ed25519', '-Z', cipher, ...LOCKED),
      ] as const,
  ),
  ['OpenSSH RSA sealed', () => keygen('rsa-sealed', '-t', 'rsa', ...LOCKED)],
  ['OpenSSH ECDSA 521 sealed', () => keygen('ec-sealed', '-t', 'ecdsa', '-b', '521', ...LOCKED)],
  ['PEM RSA (PKCS#1)', () => keygen('p1', '-t', 'rsa', '-m', 'PEM', ...FREE)],
  ['PEM RSA (PKCS#1) encrypted', () => keygen('p1e', '-t', 'rsa', '-m', 'PEM', ...LOCKED)],
  ['PEM ECDSA (SEC1)', () => keygen('sec1', '-t', 'ecdsa', '-m', 'PEM', ...FREE)],
  ['PEM ECDSA (SEC1) encrypted', () => keygen('sec1e', '-t', 'ecdsa', '-m', 'PEM', ...LOCKED)],
  ['PKCS#8 RSA', () => keygen('p8', '-t', 'rsa', '-m', 'PKCS8', ...FREE)],
  ['PKCS#8 RSA encrypted', () => keygen('p8e', '-t', 'rsa', '-m', 'PKCS8', ...LOCKED)],
  ['PKCS#8 ECDSA encrypted', () => keygen('p8ec', '-t', 'ecdsa', '-m', 'PKCS8', ...LOCKED)],
];

const PPK = (version: number): string =>
  `PuTTY-User-Key-File-${String(version)}: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\n`;

/** Neither reads it; we say why. */
const REFUSED: readonly (readonly [string, () => string, RegExp])[] = [
  ['PPK version 2', () => file('ppk2', PPK(2)), /is a PuTTY key, which is not supported/],
  ['PPK version 3', () => file('ppk3', PPK(3)), /is a PuTTY key, which is not supported/],
  [
    'an OpenSSH key cut off',
    () => edit(keygen('cut', '-t', 'rsa', ...FREE), (text) => text.slice(0, 400)),
    /is cut off: its last line is missing/,
  ],
  [
    'an OpenSSH key with lines missing in the middle',
    () =>
      edit(keygen('hole', '-t', 'rsa', ...FREE), (text) =>
        text.split('\n').toSpliced(3, 5).join('\n'),
      ),
    /is damaged: what it holds is no OpenSSH private key/,
  ],
  [
    'a PEM key with a line missing',
    () =>
      edit(keygen('phole', '-t', 'rsa', '-m', 'PEM', ...FREE), (text) =>
        text.split('\n').toSpliced(3, 1).join('\n'),
      ),
    /is not a private key this tool can read/,
  ],
  [
    'a key that others can read (UNPROTECTED PRIVATE KEY FILE)',
    () => {
      const path = keygen('open', '-t', 'ed25519', ...FREE);
      chmodSync(path, 0o644);
      return path;
    },
    /can be read by others \(mode 0644\)/,
  ],
  [
    'a directory',
    () => {
      mkdirSync(at('folder'), { mode: 0o700 });
      return at('folder');
    },
    /is not a private key: it is not a plain file/,
  ],
  [
    'a gigabyte',
    () => {
      const path = file('huge', '');
      truncateSync(path, 1024 ** 3);
      return path;
    },
    /is not a private key: it is 1073741824 bytes long/,
  ],
  ['an empty file', () => file('empty', ''), /it is 0 bytes long/],
  ['no file', () => at('absent'), /cannot be opened \(ENOENT\)/],
  [
    'the wrong passphrase',
    () => keygen('other', '-t', 'ed25519', '-N', 'another one'),
    /The passphrase does not open .*, or the file is damaged/,
  ],
  [
    'the wrong passphrase of PKCS#8',
    () => keygen('other8', '-t', 'rsa', '-m', 'PKCS8', '-N', 'another one'),
    /The passphrase does not open/,
  ],
];

/** Where we differ, and why. */
const STRICTER: readonly (readonly [string, () => string, RegExp])[] = [
  // ssh-keygen reads it, and ssh offers it to no server (PubkeyAcceptedAlgorithms).
  ['DSA', () => keygen('dsa', '-t', 'dsa', ...FREE), /is a DSA key, which OpenSSH has refused/],
  [
    'DSA in PEM',
    () => keygen('dsapem', '-t', 'dsa', '-m', 'PEM', ...FREE),
    /is a DSA key, which OpenSSH has refused/,
  ],
  // OpenSSL of Node hands out no such cipher with an OpenSSH tag.
  [
    'chacha20-poly1305',
    () => keygen('chacha', '-t', 'ed25519', '-Z', 'chacha20-poly1305@openssh.com', ...LOCKED),
    /is encrypted with chacha20-poly1305@openssh\.com, which is not supported/,
  ],
];

describeWith(
  ['ssh-keygen', 'openssl', 'mkfifo'],
  'private key files, as ssh-keygen sees them',
  () => {
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'keys-'));
    });
    afterAll(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    test.each(READ)('B12/43 %s: read as ssh-keygen reads it', async (_name, make) => {
      const path = make();
      const theirs = openSsh(path, PASSPHRASE);
      expect(theirs).not.toBeNull();
      expect(await ours(path, PASSPHRASE)).toBe(theirs);
    });

    test.each(REFUSED)('B12/43 %s: refused by both, with the reason', async (_name, make, says) => {
      const path = make();
      expect(openSsh(path, PASSPHRASE)).toBeNull();
      expect(await ours(path, PASSPHRASE)).toMatch(says);
    });

    test.each(STRICTER)('B12/43 %s: only ssh-keygen reads it', async (_name, make, says) => {
      const path = make();
      expect(openSsh(path, PASSPHRASE)).toMatch(/^ssh-/);
      expect(await ours(path, PASSPHRASE)).toMatch(says);
    });

    test('B12/43 what we read and ssh 9.2 does not: PKCS#8 of Ed25519, lines with CR', async () => {
      const pkcs8 = openssl('p8ed', 'genpkey', '-algorithm', 'ed25519');
      const crlf = edit(keygen('cr', '-t', 'ed25519', ...FREE), (text) =>
        text.replaceAll('\n', '\r\n'),
      );
      for (const path of [pkcs8, crlf]) {
        const said = await ours(path, '');
        expect(said).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA/);
        expect([null, said]).toContain(openSsh(path, ''));
      }
    });

    test('B12/44 a FIFO is refused at once, where ssh-keygen waits for a writer', async () => {
      execFileSync('mkfifo', ['-m', '600', at('fifo')]);
      expect(await ours(at('fifo'), '')).toMatch(/is not a private key: it is not a plain file/);
      const { signal } = spawnSync('ssh-keygen', ['-y', '-P', '', '-f', at('fifo')], {
        timeout: 300,
      });
      expect(signal).toBe('SIGTERM');
    });

    test('B12/43 a name with escapes reaches no message raw', async () => {
      const said = await ours(file('na\u001b]0;x\u0007me', 'x'), '');
      // eslint-disable-next-line no-control-regex -- that none is there
      expect(said).not.toMatch(/[\u0000-\u001f]/);
    });

    test.each([
      ['an OpenSSH key of 100 rounds', ['-t', 'ed25519', '-a', '100']],
      ['a PKCS#8 key', ['-t', 'rsa', '-m', 'PKCS8']],
    ])('B12/42 timers and other work go on while %s is opened', async (name, args) => {
      const path = keygen(name.replaceAll(/\W/g, '-'), ...args, ...LOCKED);
      const read = await readKeyFile(path);
      let ticks = 0;
      const timer = setInterval(() => (ticks += 1), 1);
      const key = await unlockKey(read, PASSPHRASE);
      clearInterval(timer);
      expect(key.isPrivateKey()).toBe(true);
      // ssh2's own derivation lets none through.
      expect(ticks).toBeGreaterThan(name.includes('rounds') ? 50 : 1);
    });

    test('B12/42 a wrong passphrase three times: named, and the node goes on to its password; another node is let in', async () => {
      const sealed = keygen('thrice', '-t', 'ed25519', ...LOCKED);
      const good = keygen('good', '-t', 'ed25519', ...FREE);
      const nodes = await Promise.all([keysOnly(), keysOnly()]);
      const known = at('known_hosts');
      const asked: string[] = [];
      const mine = rig(folder, {
        knownHostsFiles: { user: [known], system: [], write: null },
        pins: createHostKeyPins(),
        broker: {
          ask: ({ node, prompt }) => {
            asked.push(`${node}: ${prompt}`);
            return Promise.resolve('wrong-S3cret');
          },
        },
        resolve: ({ name, port = 22 }) =>
          Promise.resolve({
            host: '127.0.0.1',
            port,
            user: 'root',
            jump: [],
            settings: { identityFiles: [name === 'n1' ? sealed : good] },
          }),
      });
      const [failure, session] = await Promise.all([
        mine.failure(nodeAt(nodes[0].port)),
        mine.open({ ...nodeAt(nodes[1].port), name: 'n2' }),
      ]);
      await session.close();
      await Promise.all(nodes.map((node) => node.stop()));
      expect(asked).toEqual([
        `n1: Passphrase of ${sealed}`,
        `n1: Wrong. Passphrase of ${sealed}`,
        `n1: Wrong. Passphrase of ${sealed}`,
      ]);
      expect(failure.reason).toMatch(/^auth-failed: .*The passphrase does not open the key file/);
      expect(`${failure.message}${failure.nextStep}`).not.toContain('wrong-S3cret');
    });
  },
);

/** A node that takes any key and nothing else. */
const keysOnly = (): Promise<FakeNode> =>
  startFakeNode({
    onAuth: (context) => {
      if (context.method === 'publickey') context.accept();
      else context.reject(['publickey']);
    },
  });
