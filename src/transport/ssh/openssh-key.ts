import { createDecipheriv } from 'node:crypto';
import { bcryptPbkdf } from './bcrypt-pbkdf.js';
import { keyTypeOf, readSshString, sshString } from './wire.js';

const MAGIC = 'openssh-key-v1\0';
const ARMOR =
  /^-----BEGIN OPENSSH PRIVATE KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END OPENSSH PRIVATE KEY-----/;

/** What `ssh-keygen -Z` offers and OpenSSL has: key and iv length, OpenSSL's name. */
const CIPHERS: Readonly<Record<string, readonly [number, number, string]>> = {
  'aes128-ctr': [16, 16, 'aes-128-ctr'],
  'aes192-ctr': [24, 16, 'aes-192-ctr'],
  'aes256-ctr': [32, 16, 'aes-256-ctr'],
  'aes128-cbc': [16, 16, 'aes-128-cbc'],
  'aes192-cbc': [24, 16, 'aes-192-cbc'],
  'aes256-cbc': [32, 16, 'aes-256-cbc'],
  '3des-cbc': [24, 8, 'des-ede3-cbc'],
  'aes128-gcm@openssh.com': [16, 12, 'aes-128-gcm'],
  'aes256-gcm@openssh.com': [32, 12, 'aes-256-gcm'],
};

/** An OpenSSH private key file as it shows itself without a passphrase (PROTOCOL.key). */
export type OpenSshLayout = {
  readonly cipher: string;
  /** Of bcrypt; 0 when the key is not encrypted. */
  readonly rounds: number;
  readonly salt: Buffer;
  readonly publicBlob: Buffer;
  readonly sealed: Buffer;
  /** What follows: the tag of an authenticated cipher. */
  readonly tag: Buffer;
};

/** Null for another format, and for a file that is cut off. */
export function openSshLayout(text: string): OpenSshLayout | null {
  const body = ARMOR.exec(text.trimStart())?.[1];
  if (body === undefined) return null;
  const bytes = Buffer.from(body, 'base64');
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) return null;
  const fields: Buffer[] = [];
  let at = MAGIC.length;
  // Cipher, kdf, its options; after the number of keys the public key and the sealed part.
  for (const gap of [0, 0, 0, 4, 0]) {
    const field = readSshString(bytes, at + gap);
    if (field === null) return null;
    fields.push(field.value);
    at = field.next;
  }
  const [cipher, , options, publicBlob, sealed] = fields;
  if (!cipher || !options || !publicBlob || !sealed || keyTypeOf(publicBlob) === null) return null;
  return {
    cipher: cipher.toString('latin1').slice(0, 64),
    ...kdfOptions(options),
    publicBlob,
    sealed,
    tag: bytes.subarray(at),
  };
}

/** bcrypt's options: string salt, uint32 rounds; empty when the key is not encrypted. */
function kdfOptions(options: Buffer): Pick<OpenSshLayout, 'rounds' | 'salt'> {
  const salt = readSshString(options, 0);
  return salt !== null && salt.next + 4 <= options.length
    ? { salt: salt.value, rounds: options.readUInt32BE(salt.next) }
    : { salt: Buffer.alloc(0), rounds: 0 };
}

export const isKnownCipher = (cipher: string): boolean =>
  cipher === 'none' || CIPHERS[cipher] !== undefined;

/** The same key as an unencrypted file; null for a wrong passphrase. Timers go on meanwhile. */
export async function unsealOpenSsh(
  { cipher, rounds, salt, sealed, tag, publicBlob }: OpenSshLayout,
  passphrase: string,
): Promise<string | null> {
  const known = CIPHERS[cipher];
  if (known === undefined || rounds < 1 || passphrase === '') return null;
  const [keyLength, ivLength, name] = known;
  const derived = await bcryptPbkdf(passphrase, salt, rounds, keyLength + ivLength);
  const plain = decipher(name, derived.subarray(0, keyLength), derived.subarray(keyLength), {
    sealed,
    tag,
  });
  derived.fill(0);
  // PROTOCOL.key: the same random number twice, so that a wrong passphrase shows.
  const isRight =
    plain !== null && plain.length >= 8 && plain.readInt32BE(0) === plain.readInt32BE(4);
  return isRight ? openSshText(publicBlob, plain) : null;
}

function decipher(
  name: string,
  key: Buffer,
  iv: Buffer,
  { sealed, tag }: Pick<OpenSshLayout, 'sealed' | 'tag'>,
): Buffer | null {
  try {
    const isGcm = name.endsWith('-gcm');
    const cipher = createDecipheriv(name, key, iv);
    cipher.setAutoPadding(false);
    if (isGcm) (cipher as ReturnType<typeof createDecipheriv> & GcmPart).setAuthTag(tag);
    return Buffer.concat([cipher.update(sealed), cipher.final()]);
  } catch {
    // A wrong tag, or a sealed part that is not a whole number of blocks.
    return null;
  }
}

type GcmPart = { readonly setAuthTag: (tag: Buffer) => unknown };

/** An unencrypted OpenSSH private key file; `secret` begins with the two check numbers. */
export function openSshText(publicBlob: Uint8Array, secret: Uint8Array): string {
  const count = Buffer.from([0, 0, 0, 1]);
  const bytes = Buffer.concat([
    Buffer.from(MAGIC),
    ...['none', 'none', ''].map(sshString),
    count,
    sshString(publicBlob),
    sshString(secret),
  ]);
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  return [
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    ...lines,
    '-----END OPENSSH PRIVATE KEY-----',
  ].join('\n');
}
