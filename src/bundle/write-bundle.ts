import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError, OperatorError } from '../domain/errors.js';
import type { Signer } from '../domain/signer.js';
import { systemErrorWords } from '../domain/system-error.js';
import { visibleLine } from '../domain/visible.js';
import { bundleFiles, rootOf, type BundleInput } from './contents.js';
import { gzip } from './gzip.js';
import { MANIFEST, sha256, SIGNATURE, sorted, writeManifest } from './manifest.js';
import { fingerprintOf, verifySignature } from './ssh-public-key.js';
import { NAMESPACE, parseSshsig, signSshsig, toBeSigned } from './sshsig.js';
import { writeTar, type TarFile } from './tar.js';
import { refuseSecrets } from './tripwire.js';

export const UNSIGNED_SUFFIX = '-UNSIGNED.tar.gz';

export type WrittenBundle = {
  readonly path: string;
  /** Of the archive. */
  readonly sha256: string;
  readonly files: number;
  /** `SHA256:…` of the signing key. */
  readonly fingerprint?: string;
};

/** Packs and signs in memory. `signer` null makes an unsigned bundle. `secrets` are this run's typed secrets, which must not be inside. */
export async function packBundle(
  input: BundleInput,
  signer: Signer | null,
  secrets: readonly string[] = [],
): Promise<{ readonly archive: Buffer; readonly files: number; readonly fingerprint?: string }> {
  const files = bundleFiles(input);
  refuseSecrets(files, secrets);
  const manifest = writeManifest(files);
  const signed = signer === null ? [] : await signature(signer, manifest);
  const head: readonly TarFile[] = [{ path: MANIFEST, bytes: Buffer.from(manifest) }, ...signed];
  const root = rootOf(input.report);
  const mtime = Math.floor(Date.parse(input.report.run.finishedAt) / 1000);
  const all = [...head, ...sorted(files)].map(({ path, bytes }) => ({
    path: `${root}/${path}`,
    bytes,
  }));
  const archive = gzip(writeTar(all, mtime));
  return {
    archive,
    files: files.length,
    ...(signer === null ? {} : { fingerprint: fingerprintOf(signer.publicBlob) }),
  };
}

async function signature(signer: Signer, manifest: string): Promise<readonly TarFile[]> {
  const message = Buffer.from(manifest);
  const armour = await signSshsig(signer, message);
  // A key that signs wrongly (a broken agent) must show now, not at the receiver's.
  const sig = parseSshsig(armour);
  if (!verifySignature(sig, toBeSigned(message, NAMESPACE, sig.hash))) {
    throw new OperatorError(
      'The key made a signature that does not verify.',
      'Sign with another key.',
    );
  }
  return [{ path: SIGNATURE, bytes: Buffer.from(armour) }];
}

/** Throws InputError for a name that does not fit what is written. */
export function checkBundleName(path: string, isSigned: boolean): void {
  if (!isSigned && !path.endsWith(UNSIGNED_SUFFIX)) {
    throw new InputError(
      `An unsigned bundle must have a name that ends in ${UNSIGNED_SUFFIX}.`,
      'Name it so, or sign it with --sign-key FILE.',
    );
  }
  if (isSigned && path.endsWith(UNSIGNED_SUFFIX)) {
    throw new InputError(
      `A signed bundle must not have a name that ends in ${UNSIGNED_SUFFIX}.`,
      'Choose another name.',
    );
  }
}

/** Writes the bundle under its final name only when it is whole. Rejects with OperatorError; nothing half is left behind. */
export async function writeBundle(
  path: string,
  input: BundleInput,
  signer: Signer | null,
  secrets: readonly string[] = [],
): Promise<WrittenBundle> {
  checkBundleName(path, signer !== null);
  const { archive, files, fingerprint } = await packBundle(input, signer, secrets);
  await writeWhole(path, archive);
  return {
    path,
    sha256: sha256(archive),
    files,
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  // The rename below would put a file in the place of a device.
  if ((await stat(path).catch(() => null))?.isFile() === false)
    throw new InputError(
      `Cannot write the bundle ${visibleLine(path)}: it is not a regular file.`,
      'Choose another name.',
    );
  const temporary = join(dirname(path), `.${basename(path)}.${String(process.pid)}.part`);
  try {
    await writeFile(temporary, bytes, { flag: 'wx', mode: 0o600 });
    const handle = await open(temporary, 'r');
    await handle.sync();
    await handle.close();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new InputError(
      `Cannot write the bundle ${visibleLine(path)}: ${systemErrorWords(error)}. Nothing was left behind.`,
      'Make room, or name a folder that you can write to.',
    );
  }
}
