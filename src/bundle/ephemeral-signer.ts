import { generateKeyPairSync, sign } from 'node:crypto';
import type { Signer } from '../domain/signer.js';
import { NAMESPACE } from './sshsig.js';
import { sshString } from './ssh-wire.js';

/** An Ed25519 key that lives for this run only: what the demo signs with. */
export function ephemeralSigner(comment: string): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return {
    algorithm: 'ssh-ed25519',
    publicBlob: Buffer.concat([sshString('ssh-ed25519'), sshString(point)]),
    comment,
    sign: (data) =>
      Promise.resolve(
        Buffer.concat([
          sshString('ssh-ed25519'),
          sshString(sign(null, Buffer.from(data), privateKey)),
        ]),
      ),
  };
}

/** The line of an allowed_signers file that lets this key sign readiness bundles. */
export function allowedSignersLine(principal: string, publicBlob: Uint8Array): string {
  const type = Buffer.from(publicBlob)
    .subarray(4, 4 + Buffer.from(publicBlob).readUInt32BE(0))
    .toString('latin1');
  return `${principal} namespaces="${NAMESPACE}" ${type} ${Buffer.from(publicBlob).toString('base64')}\n`;
}
