import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowedSignersLine, ephemeralSigner } from '../../src/bundle/ephemeral-signer.js';
import { signSshsig } from '../../src/bundle/sshsig.js';
import { verifyBundle } from '../../src/bundle/verify-bundle.js';
import { packBundle } from '../../src/bundle/write-bundle.js';
import { loadSigner } from '../../src/transport/ssh/signing-key.js';
import { sampleInput } from './sample.js';

const SCRIPT = new URL('../../scripts/verify.sh', import.meta.url).pathname;
const WHO = 'ops@example.org';
const NOW = Date.parse('2026-11-22T00:00:00Z');

let folder: string;
let signers: string;
let good: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'calico-ready-signers-'));
  const signer = ephemeralSigner('test');
  signers = allowedSignersLine(WHO, signer.publicBlob);
  good = (await packBundle(sampleInput(), signer)).archive;
  writeFileSync(join(folder, 'b.tar.gz'), good);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const scriptStatus = (line: string): number | null => {
  writeFileSync(join(folder, 'signers'), line);
  return spawnSync('sh', [SCRIPT, join(folder, 'b.tar.gz'), join(folder, 'signers'), WHO]).status;
};

describe('signing keys', () => {
  it.each([
    ['ed25519', ['-t', 'ed25519']],
    ['RSA', ['-t', 'rsa', '-b', '3072']],
    ['ECDSA 256', ['-t', 'ecdsa', '-b', '256']],
    ['ECDSA 384', ['-t', 'ecdsa', '-b', '384']],
    ['ECDSA 521', ['-t', 'ecdsa', '-b', '521']],
  ])('%s: ssh-keygen and we agree on ten messages', async (name, flags) => {
    const key = join(folder, `key-${name.replace(' ', '')}`);
    execFileSync('ssh-keygen', ['-q', ...flags, '-N', '', '-f', key]);
    const own = await loadSigner(key);
    const line = allowedSignersLine(WHO, own.publicBlob);
    writeFileSync(`${key}.signers`, line);
    for (let round = 0; round < 10; round += 1) {
      const message = Buffer.from(`message ${String(round)}`);
      writeFileSync(`${key}.sig`, await signSshsig(own, message));
      const { status } = spawnSync(
        'ssh-keygen',
        [
          '-Y',
          'verify',
          '-f',
          `${key}.signers`,
          '-I',
          WHO,
          '-n',
          'calico-ready-bundle',
          '-s',
          `${key}.sig`,
        ],
        { input: message },
      );
      expect(status).toBe(0);
    }
    const archive = (await packBundle(sampleInput(), own)).archive;
    await expect(verifyBundle(archive, line, WHO, NOW)).resolves.toMatchObject({ signer: WHO });
  });

  it('ed25519 signs byte for byte as ssh-keygen', async () => {
    const key = join(folder, 'key-same');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const theirs = spawnSync('ssh-keygen', ['-Y', 'sign', '-f', key, '-n', 'calico-ready-bundle'], {
      input: 'abc',
    }).stdout.toString();
    expect(await signSshsig(await loadSigner(key), Buffer.from('abc'))).toBe(theirs);
  });

  it.each([
    [
      'another principal',
      (line: string) => line.replace(WHO, 'eve@example.org'),
      'does not name this signer',
    ],
    [
      'another namespace',
      (line: string) => line.replace('calico-ready-bundle', 'git'),
      'may not sign readiness bundles',
    ],
    [
      'expired',
      (line: string) => line.replace('namespaces', 'valid-before="20200101Z",namespaces'),
      'outside the time',
    ],
    [
      'only an authority',
      (line: string) => line.replace('namespaces', 'cert-authority,namespaces'),
      'another key',
    ],
  ])('%s is refused, as ssh-keygen refuses it', async (_name, change, why) => {
    const line = change(signers);
    await expect(verifyBundle(good, line, WHO, NOW)).rejects.toThrow(why);
    expect(scriptStatus(line)).toBe(4);
  });
});
