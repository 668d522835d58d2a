import { createHash } from 'node:crypto';
import { VerificationError } from '../domain/errors.js';
import type { Signer } from '../domain/signer.js';
import { SshReader, sshString, sshUint32 } from './ssh-wire.js';

/** What our signatures are for; a signature made for anything else does not verify. */
export const NAMESPACE = 'calico-ready-bundle';

const MAGIC = Buffer.from('SSHSIG');
const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';

export type HashName = 'sha256' | 'sha512';

/** The bytes that a key signs for a message (OpenSSH PROTOCOL.sshsig). */
export const toBeSigned = (message: Uint8Array, namespace: string, hash: HashName): Buffer =>
  Buffer.concat([
    MAGIC,
    sshString(namespace),
    sshString(''),
    sshString(hash),
    sshString(createHash(hash).update(message).digest()),
  ]);

/** Signs a message in SSHSIG form and armours it, byte for byte as `ssh-keygen -Y sign` does. Rejects as the signer does. */
export async function signSshsig(
  signer: Signer,
  message: Uint8Array,
  namespace = NAMESPACE,
): Promise<string> {
  const signature = await signer.sign(toBeSigned(message, namespace, 'sha512'));
  const blob = Buffer.concat([
    MAGIC,
    sshUint32(1),
    sshString(signer.publicBlob),
    sshString(namespace),
    sshString(''),
    sshString('sha512'),
    sshString(signature),
  ]);
  // OpenSSH breaks at 70 columns.
  const lines = blob.toString('base64').replace(/.{1,70}/g, '$&\n');
  return `${BEGIN}\n${lines}${END}\n`;
}

export type Sshsig = {
  readonly publicBlob: Buffer;
  readonly namespace: string;
  readonly hash: HashName;
  /** The inner signature's algorithm and bytes. */
  readonly algorithm: string;
  readonly signature: Buffer;
  /** What follows the inner signature: flags and counter of a security key, else nothing. */
  readonly extra: Buffer;
};

const bad = (why: string): VerificationError =>
  new VerificationError(
    `The signature is not acceptable: ${why}.`,
    'Ask the sender for the bundle again.',
  );

/** Takes an armoured signature apart. Throws VerificationError for anything but one well-formed signature. */
export function parseSshsig(armour: string): Sshsig {
  const match =
    /^-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]{1,65536})-----END SSH SIGNATURE-----\s*$/.exec(
      armour,
    );
  if (match?.[1] === undefined) throw bad('it is not one armoured SSH signature');
  const reader = new SshReader(Buffer.from(match[1], 'base64'));
  if (!reader.take(MAGIC.length).equals(MAGIC)) throw bad('it is not an SSH signature');
  if (reader.uint32() !== 1) throw bad('its version is not 1');
  const publicBlob = reader.string();
  const namespace = reader.text();
  reader.string();
  const hash = reader.text();
  const inner = new SshReader(reader.string());
  reader.end();
  if (hash !== 'sha256' && hash !== 'sha512') throw bad('its hash is neither sha256 nor sha512');
  const algorithm = inner.text();
  const signature = inner.string();
  const extra = algorithm.startsWith('sk-') ? inner.take(5) : Buffer.alloc(0);
  inner.end();
  return { publicBlob, namespace, hash, algorithm, signature, extra };
}
