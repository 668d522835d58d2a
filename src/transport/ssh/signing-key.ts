import type { ParsedKey } from 'ssh2';
import { InputError } from '../../domain/errors.js';
import type { Signer } from '../../domain/signer.js';
import { visibleLine } from '../../domain/visible.js';
import { readKeyFile, unlockKey } from './key-file.js';
import { keyTypeOf, rsaBits, sshMpint, sshString } from './wire.js';

const MIN_RSA_BITS = 2048;
const MAX_COMMENT = 256;

/** True when the file needs a passphrase, so that a caller asks for one only then. Rejects with InputError. */
export async function keyNeedsPassphrase(path: string): Promise<boolean> {
  return (await readKeyFile(path)).encrypted;
}

/**
 * A signer for an Ed25519, RSA or ECDSA private key file in OpenSSH, PKCS#8 or traditional PEM format. Rejects with
 * InputError for a file that is missing, readable by others, encrypted without a (right) passphrase, or of a
 * format or type that cannot sign (PuTTY, DSA, security tokens).
 */
export async function loadSigner(path: string, passphrase?: string): Promise<Signer> {
  const key = await unlockKey(await readKeyFile(path), passphrase);
  const publicBlob = new Uint8Array(key.getPublicSSH());
  const type = keyTypeOf(publicBlob) ?? '';
  refuseWeak(path, type, rsaBits(publicBlob));
  return {
    algorithm: type === 'ssh-rsa' ? 'rsa-sha2-512' : type,
    publicBlob,
    comment: key.comment.slice(0, MAX_COMMENT),
    sign: (data) =>
      new Promise((resolve) => {
        resolve(signBlob(key, type, data));
      }),
  };
}

function refuseWeak(path: string, type: string, bits: number | null): void {
  const usable = type === 'ssh-ed25519' || type.startsWith('ecdsa-sha2-') || type === 'ssh-rsa';
  if (usable && (bits ?? MIN_RSA_BITS) >= MIN_RSA_BITS) return;
  const what = bits === null ? `of type ${type}` : `an RSA key of ${String(bits)} bits`;
  throw new InputError(
    `The key file ${visibleLine(path)} is ${visibleLine(what)}, which cannot sign a bundle`,
    'Use an Ed25519 key: ssh-keygen -t ed25519.',
  );
}

function signBlob(key: ParsedKey, type: string, data: Uint8Array): Uint8Array {
  const algorithm = type === 'ssh-rsa' ? 'rsa-sha2-512' : type;
  const raw: unknown = key.sign(Buffer.from(data), type === 'ssh-rsa' ? 'sha512' : undefined);
  if (!Buffer.isBuffer(raw)) {
    throw new InputError('The key refused to sign', 'Check it with: ssh-keygen -y -f FILE.');
  }
  const signature = type.startsWith('ecdsa-') ? ecdsaSignature(raw) : raw;
  return new Uint8Array(Buffer.concat([sshString(algorithm), sshString(signature)]));
}

/** DER SEQUENCE of two INTEGERs to mpint r, mpint s (RFC 5656 3.1.2). The DER is OpenSSL's own. */
function ecdsaSignature(der: Buffer): Buffer {
  let at = ((der[1] ?? 0) & 0x80) === 0 ? 2 : 2 + ((der[1] ?? 0) & 0x7f);
  const integer = (): Buffer => {
    const length = der[at + 1] ?? 0;
    const value = der.subarray(at + 2, at + 2 + length);
    at += 2 + length;
    return sshMpint(value);
  };
  return Buffer.concat([integer(), integer()]);
}
