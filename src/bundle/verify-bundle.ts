import { VerificationError } from '../domain/errors.js';
import { findSigner, parseAllowedSigners } from './allowed-signers.js';
import { gunzip } from './gzip.js';
import { checkManifest, MANIFEST, parseManifest, SIGNATURE } from './manifest.js';
import { fingerprintOf, verifySignature } from './ssh-public-key.js';
import { NAMESPACE, parseSshsig, toBeSigned } from './sshsig.js';
import { readTar } from './tar.js';

const bad = (why: string): VerificationError =>
  new VerificationError(
    `The bundle is not acceptable: ${why}.`,
    'Ask the sender for the bundle again.',
  );

/** The files below the one root of a bundle. Rejects with VerificationError; nothing of it is trusted yet. */
export async function openArchive(
  packed: Buffer,
): Promise<{ readonly root: string; readonly files: ReadonlyMap<string, Buffer> }> {
  const entries = readTar(await gunzip(packed));
  const roots = new Set([...entries.keys()].map((path) => path.split('/')[0]));
  const [root] = roots;
  if (root === undefined) throw bad('it is empty');
  if (roots.size > 1) throw bad('it has more than one root');
  const files = new Map([...entries].map(([path, bytes]) => [path.slice(root.length + 1), bytes]));
  return { root, files };
}

/** Every file matches the manifest and nothing else is there. Throws VerificationError. */
export function checkIntegrity(files: ReadonlyMap<string, Buffer>): Buffer {
  const manifest = files.get(MANIFEST);
  if (manifest === undefined) throw bad('it has no list of files');
  checkManifest(manifest.toString('latin1'), files);
  return manifest;
}

export type Verified = {
  readonly root: string;
  readonly files: number;
  readonly signer: string;
  readonly fingerprint: string;
};

/**
 * Structure, signature over the manifest, then every file: the same order and the same answer as verify.sh.
 * Rejects with VerificationError for anything wrong with the bundle, InputError for the signers file.
 */
export async function verifyBundle(
  packed: Buffer,
  allowedSigners: string,
  who: string,
  now: number,
): Promise<Verified> {
  const signers = parseAllowedSigners(allowedSigners);
  const { root, files } = await openArchive(packed);
  const manifest = files.get(MANIFEST);
  const armour = files.get(SIGNATURE);
  if (manifest === undefined) throw bad('it has no list of files');
  if (armour === undefined) throw bad('it is not signed');
  const sig = parseSshsig(armour.toString('latin1'));
  if (sig.namespace !== NAMESPACE) throw bad('its signature was made for something else');
  findSigner(signers, who, sig.publicBlob, NAMESPACE, now);
  if (!verifySignature(sig, toBeSigned(manifest, NAMESPACE, sig.hash)))
    throw bad('the signature does not fit the list of files');
  checkManifest(manifest.toString('latin1'), files);
  const listed = parseManifest(manifest.toString('latin1'));
  return { root, files: listed.size, signer: who, fingerprint: fingerprintOf(sig.publicBlob) };
}
