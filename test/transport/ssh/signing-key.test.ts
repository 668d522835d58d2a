import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/domain/errors.js';
import type { Signer } from '../../../src/domain/signer.js';
import { agentSigners } from '../../../src/transport/ssh/agent.js';
import { startAgent } from '../../helpers/sshd.js';
import { keyNeedsPassphrase, loadSigner } from '../../../src/transport/ssh/signing-key.js';
import { fingerprintOf, sshString } from '../../../src/transport/ssh/wire.js';

let folder = '';
const keygen = (...args: string[]): string =>
  execFileSync('ssh-keygen', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const make = (name: string, ...args: string[]): string => {
  const path = join(folder, name);
  keygen('-q', '-f', path, '-C', `${name}@test`, ...args);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signing-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** SSHSIG (PROTOCOL.sshsig) around a signer, just enough for ssh-keygen to judge the signature blob. */
async function judge(signer: Signer): Promise<string> {
  const message = Buffer.from('the bytes of a manifest\n');
  const digest = createHash('sha512').update(message).digest();
  const head = [sshString('test'), sshString(''), sshString('sha512')];
  const signed = Buffer.concat([Buffer.from('SSHSIG'), ...head, sshString(digest)]);
  const blob = Buffer.concat([
    Buffer.from('SSHSIG\0\0\0\u0001', 'latin1'),
    sshString(signer.publicBlob),
    ...head,
    sshString(await signer.sign(signed)),
  ]);
  const body = blob.toString('base64').replace(/.{1,70}/g, '$&\n');
  const armor = join(folder, 'armor.sig');
  writeFileSync(armor, `-----BEGIN SSH SIGNATURE-----\n${body}-----END SSH SIGNATURE-----\n`);
  return execFileSync('ssh-keygen', ['-Y', 'check-novalidate', '-n', 'test', '-s', armor], {
    input: message,
    encoding: 'utf8',
  });
}

const judgedByOpenSsh = async (path: string, passphrase?: string): Promise<string> =>
  judge(await loadSigner(path, passphrase));

const KINDS: readonly (readonly [string, readonly string[], string])[] = [
  ['ed25519', ['-t', 'ed25519', '-N', ''], 'ssh-ed25519'],
  ['rsa', ['-t', 'rsa', '-b', '2048', '-N', ''], 'rsa-sha2-512'],
  ['rsa-pem', ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', ''], 'rsa-sha2-512'],
  ['ecdsa256', ['-t', 'ecdsa', '-b', '256', '-N', ''], 'ecdsa-sha2-nistp256'],
  ['ecdsa384', ['-t', 'ecdsa', '-b', '384', '-N', ''], 'ecdsa-sha2-nistp384'],
  ['ecdsa521', ['-t', 'ecdsa', '-b', '521', '-N', ''], 'ecdsa-sha2-nistp521'],
  ['rsa-pkcs8', ['-t', 'rsa', '-m', 'PKCS8', '-N', ''], 'rsa-sha2-512'],
  ['ecdsa-pkcs8', ['-t', 'ecdsa', '-m', 'PKCS8', '-N', ''], 'ecdsa-sha2-nistp256'],
  ['ecdsa-pem', ['-t', 'ecdsa', '-m', 'PEM', '-N', ''], 'ecdsa-sha2-nistp256'],
];

describe('loadSigner', () => {
  test.each(KINDS)('%s: ssh-keygen accepts its signatures', async (name, args, algorithm) => {
    const path = make(name, ...args);
    const signer = await loadSigner(path);
    expect(signer.algorithm).toBe(algorithm);
    expect(Buffer.from(signer.publicBlob).toString('base64')).toBe(
      readFileSync(`${path}.pub`, 'utf8').split(' ')[1],
    );
    expect(keygen('-lf', `${path}.pub`)).toContain(fingerprintOf(signer.publicBlob));
    // ECDSA numbers have a leading zero byte, or are short, only now and then.
    for (let round = 0; round < 20; round += 1) {
      expect(await judgedByOpenSsh(path)).toContain('Good "test" signature');
    }
  });

  test.each([
    ['locked', []],
    ['locked-pem', ['-m', 'PEM']],
    ['locked-pkcs8', ['-m', 'PKCS8']],
  ] as const)('%s: opens with its passphrase alone', async (name, format) => {
    const path = make(
      name,
      '-t',
      name === 'locked' ? 'ed25519' : 'rsa',
      '-N',
      'open sesame',
      ...format,
    );
    expect(await keyNeedsPassphrase(path)).toBe(true);
    expect(await judgedByOpenSsh(path, 'open sesame')).toContain('Good');
    await expect(loadSigner(path)).rejects.toThrow(/is encrypted and no passphrase was given/);
    const wrong = await loadSigner(path, 'swordfish').catch((error: unknown) => error);
    expect(wrong).toBeInstanceOf(InputError);
    expect(String(wrong)).toContain('passphrase does not open');
    expect(String(wrong)).not.toContain('swordfish');
  });

  test('names what is wrong with a file that cannot sign', async () => {
    const good = make('good', '-t', 'ed25519', '-N', '');
    const copy = (name: string, mode: number): string => {
      const path = join(folder, name);
      copyFileSync(good, path);
      chmodSync(path, mode);
      return path;
    };
    const write = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', ['-m', '600', fifo]);
    const weak = make('weak', '-t', 'rsa', '-b', '1024', '-N', '');
    const slow = write('slow', withRounds(make('fast', '-t', 'ed25519', '-N', 'x12345'), 2001));
    chmodSync(`${good}.pub`, 0o600);
    const cases: readonly (readonly [string, RegExp])[] = [
      [join(folder, 'absent'), /cannot be opened \(ENOENT\)/],
      [folder, /not a plain file/],
      [fifo, /not a plain file/],
      [copy('open', 0o644), /can be read by others \(mode 0644\)/],
      [weak, /RSA key of 1024 bits/],
      [slow, /2001 key derivation rounds/],
      [`${good}.pub`, /is a public key/],
      [write('cut', readFileSync(good, 'utf8').slice(0, 180)), /is cut off/],
      [write('text', 'hello\n'), /not a private key/],
      [write('huge', 'x'.repeat(70_000)), /70000 bytes long/],
      [write('empty', ''), /0 bytes long/],
    ];
    for (const [path, message] of cases) {
      const error = await loadSigner(path).catch((caught: unknown) => caught);
      expect(error, path).toBeInstanceOf(InputError);
      expect(String(error)).toMatch(message);
    }
  });
});

/** An OpenSSH key file with another number of rounds in it: making a real one would take as long as they take. */
function withRounds(path: string, rounds: number): string {
  const [begin = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const end = lines.pop() ?? '';
  const bytes = Buffer.from(lines.join(''), 'base64');
  // The magic, "aes256-ctr", "bcrypt", the length of the options, a salt of 16 bytes with its length.
  bytes.writeUInt32BE(rounds, 15 + 14 + 10 + 4 + 20);
  return [begin, bytes.toString('base64'), end, ''].join('\n');
}

test('the keys of an agent sign what ssh-keygen accepts', async () => {
  const agent = startAgent(folder);
  try {
    for (const type of ['ed25519', 'rsa', 'ecdsa'])
      agent.add(make(`agent-${type}`, '-t', type, '-N', ''));
    const signers = await agentSigners(agent.socket);
    expect(signers.map(({ algorithm, comment }) => [algorithm, comment])).toEqual([
      ['ssh-ed25519', 'agent-ed25519@test'],
      ['rsa-sha2-512', 'agent-rsa@test'],
      ['ecdsa-sha2-nistp256', 'agent-ecdsa@test'],
    ]);
    for (const signer of signers) expect(await judge(signer)).toContain('Good "test" signature');
  } finally {
    agent.stop();
  }
});

test('an agent that is not there is named', async () => {
  await expect(agentSigners(join(folder, 'nobody.sock'))).rejects.toThrow(
    /agent cannot be reached/,
  );
});
