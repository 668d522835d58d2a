import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ephemeralSigner } from '../../src/bundle/ephemeral-signer.js';
import { VERIFY_SCRIPT } from '../../src/bundle/verify-script.js';
import { packBundle, writeBundle } from '../../src/bundle/write-bundle.js';
import { sampleInput } from './sample.js';

const SCRIPT = new URL('../../scripts/verify.sh', import.meta.url).pathname;
const signer = ephemeralSigner('test');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'calico-ready-writing-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('writing', () => {
  it('never leaves half a bundle', async () => {
    const missing = join(folder, 'no', 'such', 'b.tar.gz');
    await expect(writeBundle(missing, sampleInput(), signer)).rejects.toThrow(
      /Cannot write the bundle .*: there is no such file. Nothing was left behind./,
    );
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('never takes the place of a pipe or a device', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(writeBundle(pipe, sampleInput(), signer)).rejects.toThrow(
      'pipe: it is not a regular file.',
    );
  });

  it('names an unsigned bundle for what it is', async () => {
    await expect(writeBundle(join(folder, 'b.tar.gz'), sampleInput(), null)).rejects.toThrow(
      'must have a name that ends in -UNSIGNED.tar.gz',
    );
    await expect(
      writeBundle(join(folder, 'b-UNSIGNED.tar.gz'), sampleInput(), null),
    ).resolves.toMatchObject({ files: expect.any(Number) as number });
  });

  it.each([
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\n', []],
    ['a typed secret', 'x hunter22 x', ['hunter22']],
    ['a password in an address', 'postgres://u:p4ss@db/x', []],
  ])('is stopped by %s', async (_name, text, secrets) => {
    await expect(packBundle(sampleInput(text), signer, secrets)).rejects.toThrow(
      /^Nothing was exported: catalogue\/collector.sh, line 1/,
    );
  });
});

it('scripts/verify.sh is the text that bundles carry, and is clean', () => {
  expect(readFileSync(SCRIPT, 'utf8')).toBe(VERIFY_SCRIPT);
});
