import { hash } from 'node:crypto';

/** RFC 4251 5 `string`: a 32-bit length and the bytes. */
export function sshString(value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** RFC 4251 5 `mpint` of an unsigned big-endian number. */
export function sshMpint(value: Uint8Array): Buffer {
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start += 1;
  const digits = value.subarray(start);
  const padded =
    ((digits[0] ?? 0) & 0x80) === 0 ? digits : Buffer.concat([Buffer.alloc(1), digits]);
  return sshString(padded);
}

/** Reads one `string` at an offset; null when the bytes do not hold it. */
export function readSshString(
  bytes: Uint8Array,
  offset: number,
): { readonly value: Buffer; readonly next: number } | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (offset < 0 || offset + 4 > view.length) return null;
  const next = offset + 4 + view.readUInt32BE(offset);
  return next > view.length ? null : { value: view.subarray(offset + 4, next), next };
}

/** The type name at the start of a public key blob; null when there is none. */
export function keyTypeOf(blob: Uint8Array): string | null {
  const type = readSshString(blob, 0)?.value.toString('latin1') ?? '';
  return /^[a-z0-9@.-]{3,64}$/.test(type) ? type : null;
}

/** `SHA256:…` as ssh-keygen -l prints it. */
export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${hash('sha256', blob, 'base64').replace(/=+$/, '')}`;
}

/** The size in bits of an RSA key blob (type, e, n); null for other types. */
export function rsaBits(blob: Uint8Array): number | null {
  if (keyTypeOf(blob) !== 'ssh-rsa') return null;
  const exponent = readSshString(blob, readSshString(blob, 0)?.next ?? -1);
  const modulus = exponent && readSshString(blob, exponent.next);
  if (!modulus) return null;
  const hex = modulus.value.toString('hex').replace(/^0+/, '');
  return hex === '' ? 0 : BigInt(`0x${hex}`).toString(2).length;
}
