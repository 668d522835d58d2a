import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { VerificationError } from '../domain/errors.js';
import { SshReader } from './ssh-wire.js';
import type { Sshsig } from './sshsig.js';

/** `SHA256:…` as `ssh-keygen -l` prints it. */
export const fingerprintOf = (publicBlob: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(publicBlob).digest('base64').replace(/=+$/, '')}`;

type Key = { readonly key: KeyObject; readonly application?: string };

const refuse = (why: string): VerificationError =>
  new VerificationError(
    `The signature cannot be checked: ${why}.`,
    'Verify it with verify.sh, which asks ssh-keygen.',
  );

const url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

const ed25519 = (point: Uint8Array): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: url(point) }, format: 'jwk' });

const CURVES: Readonly<Record<string, { readonly crv: string; readonly size: number }>> = {
  nistp256: { crv: 'P-256', size: 32 },
  nistp384: { crv: 'P-384', size: 48 },
  nistp521: { crv: 'P-521', size: 66 },
};

function ecdsa(curveName: string, point: Uint8Array): KeyObject {
  const curve = CURVES[curveName];
  if (curve?.size === undefined || point.length !== 1 + 2 * curve.size || point[0] !== 4)
    throw refuse('its key is malformed');
  const x = point.subarray(1, 1 + curve.size);
  const y = point.subarray(1 + curve.size);
  return createPublicKey({
    key: { kty: 'EC', crv: curve.crv, x: url(x), y: url(y) },
    format: 'jwk',
  });
}

// An mpint's leading zero only keeps it positive.
const unsigned = (mpint: Buffer): Buffer => (mpint[0] === 0 ? mpint.subarray(1) : mpint);

function parseKey(publicBlob: Uint8Array): Key {
  const reader = new SshReader(publicBlob);
  const type = reader.text();
  switch (type) {
    case 'ssh-ed25519':
      return { key: ed25519(reader.string()) };
    case 'sk-ssh-ed25519@openssh.com':
      return { key: ed25519(reader.string()), application: reader.text() };
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return { key: ecdsa(reader.text(), reader.string()), application: reader.text() };
    case 'ssh-rsa': {
      const e = unsigned(reader.string());
      const n = unsigned(reader.string());
      return { key: createPublicKey({ key: { kty: 'RSA', e: url(e), n: url(n) }, format: 'jwk' }) };
    }
    default:
      if (type.startsWith('ecdsa-sha2-')) return { key: ecdsa(reader.text(), reader.string()) };
      throw refuse(`keys of type ${JSON.stringify(type.slice(0, 60))} are not known here`);
  }
}

/** SSH writes r and s as two mpints; node:crypto wants them padded side by side. */
function rawEcdsa(signature: Buffer, size: number): Buffer {
  const reader = new SshReader(signature);
  const [r, s] = [unsigned(reader.string()), unsigned(reader.string())];
  reader.end();
  if (r.length > size || s.length > size) throw refuse('its numbers are too long');
  const raw = Buffer.alloc(2 * size);
  r.copy(raw, size - r.length);
  s.copy(raw, 2 * size - s.length);
  return raw;
}

/** Which inner algorithm each key type may use, its hash and the size of its numbers. SHA-1 signatures are refused. */
const ALGORITHMS: Readonly<
  Record<string, { readonly type: string; readonly hash: string | null; readonly size?: number }>
> = {
  'ssh-ed25519': { type: 'ssh-ed25519', hash: null },
  'sk-ssh-ed25519@openssh.com': { type: 'sk-ssh-ed25519@openssh.com', hash: null },
  'sk-ecdsa-sha2-nistp256@openssh.com': {
    type: 'sk-ecdsa-sha2-nistp256@openssh.com',
    hash: 'sha256',
    size: 32,
  },
  'rsa-sha2-256': { type: 'ssh-rsa', hash: 'sha256' },
  'rsa-sha2-512': { type: 'ssh-rsa', hash: 'sha512' },
  'ecdsa-sha2-nistp256': { type: 'ecdsa-sha2-nistp256', hash: 'sha256', size: 32 },
  'ecdsa-sha2-nistp384': { type: 'ecdsa-sha2-nistp384', hash: 'sha384', size: 48 },
  'ecdsa-sha2-nistp521': { type: 'ecdsa-sha2-nistp521', hash: 'sha512', size: 66 },
};

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

/**
 * Whether the signature is by its own key over these bytes. Says nothing of whether the key may sign.
 * Throws VerificationError for key types and algorithms that are not known or not allowed.
 */
export function verifySignature(sig: Sshsig, signedBytes: Uint8Array): boolean {
  const rule = ALGORITHMS[sig.algorithm];
  const type = new SshReader(sig.publicBlob).text();
  if (rule?.type !== type) throw refuse('its algorithm does not fit its key');
  const { key, application } = parseKey(sig.publicBlob);
  const signature = rule.size === undefined ? sig.signature : rawEcdsa(sig.signature, rule.size);
  // A security key signs hashes with its flags and counter between (OpenSSH PROTOCOL.u2f).
  const data =
    application === undefined
      ? Buffer.from(signedBytes)
      : Buffer.concat([sha256(application), sig.extra, sha256(signedBytes)]);
  // The lowest flag says that somebody touched the key; without it, software alone may have signed.
  if (application !== undefined && ((sig.extra[0] ?? 0) & 1) === 0) return false;
  return verify(
    rule.hash,
    data,
    rule.size === undefined ? key : { key, dsaEncoding: 'ieee-p1363' },
    signature,
  );
}
