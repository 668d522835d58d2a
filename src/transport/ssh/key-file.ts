import { createPrivateKey, sign as signBytes, type KeyObject } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { InputError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';
import { isKnownCipher, openSshLayout, unsealOpenSsh, type OpenSshLayout } from './openssh-key.js';
import { convertPkcs8, isEncryptedPkcs8, isPkcs8 } from './pkcs8-key.js';
import { keyTypeOf } from './wire.js';

/** No private key is longer; a device or an image under that name is not read into memory. */
const MAX_KEY_BYTES = 64 * 1024;
/** ssh-keygen -a; each round costs about 15 ms here, and sshd waits 120 s for a login (LoginGraceTime). */
const MAX_KDF_ROUNDS = 2000;
/** A private key file as read: not yet decrypted. */
export type KeyFile = {
  readonly path: string;
  readonly text: string;
  readonly encrypted: boolean;
  /** The public half when the file shows it without a passphrase. */
  readonly publicBlob: Uint8Array | null;
};

/** Reads a private key file: a plain file, of sane size, readable by its owner alone. Rejects with InputError. */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const text = await readPrivately(path);
  const layout = openSshLayout(text);
  if (layout !== null) {
    refuseSealing(path, layout);
    if (keyTypeOf(layout.publicBlob) === 'ssh-dss') throw dsa(path);
    const encrypted = layout.cipher !== 'none';
    return { path, text, encrypted, publicBlob: layout.publicBlob };
  }
  refuseOtherFormats(path, text);
  const encrypted = /^Proc-Type: 4,ENCRYPTED/m.test(text) || isEncryptedPkcs8(text);
  return { path, text, encrypted, publicBlob: null };
}

function refuseSealing(path: string, { cipher, rounds }: OpenSshLayout): void {
  if (rounds > MAX_KDF_ROUNDS) {
    throw new InputError(
      `${name(path)} asks for ${String(rounds)} key derivation rounds`,
      `Load it into ssh-agent, or set at most ${String(MAX_KDF_ROUNDS)} with ssh-keygen -p -a.`,
    );
  }
  if (!isKnownCipher(cipher)) {
    throw new InputError(
      `${name(path)} is encrypted with ${visibleLine(cipher, 64)}, which is not supported`,
      'Load it into ssh-agent, or rewrite a copy with: ssh-keygen -p -Z aes256-ctr -f FILE.',
    );
  }
}

/**
 * The private key in the file. Rejects with InputError for a wrong or missing passphrase and for what this tool cannot
 * use; the message never holds key material. Timers go on meanwhile: many rounds of key derivation take seconds.
 */
export async function unlockKey(file: KeyFile, passphrase?: string): Promise<ParsedKey> {
  if (file.encrypted && passphrase === undefined) {
    throw new InputError(
      `${name(file.path)} is encrypted and no passphrase was given`,
      'Type its passphrase, or load it into ssh-agent with ssh-add.',
    );
  }
  const key = await parse(file, passphrase);
  if (key !== null) return key;
  if (file.encrypted) {
    throw new InputError(
      `The passphrase does not open the key file ${visibleLine(file.path)}, or the file is damaged`,
      'Check it with: ssh-keygen -y -f FILE.',
    );
  }
  throw new InputError(
    `${name(file.path)} is not a private key this tool can read`,
    'Check it with: ssh-keygen -y -f FILE. Keys on security tokens work through ssh-agent only.',
  );
}

async function parse({ text, encrypted }: KeyFile, passphrase?: string): Promise<ParsedKey | null> {
  const layout = openSshLayout(text);
  if (layout !== null && encrypted) {
    return parsed(await unsealOpenSsh(layout, passphrase ?? ''));
  }
  if (isPkcs8(text)) return parsed(await convertPkcs8(text, passphrase));
  return parsed(text, passphrase);
}

function parsed(text: string | null, passphrase?: string): ParsedKey | null {
  if (text === null) return null;
  const result: unknown = ssh2.utils.parseKey(text, passphrase);
  const key: unknown = Array.isArray(result) ? result[0] : result;
  return isPrivateKey(key) ? readOnce(key) : null;
}

/** ssh2 reads the text of the key anew for each signature, which takes ten times as long as signing. */
function readOnce(key: ParsedKey): ParsedKey {
  const sign = key.sign.bind(key);
  let read: KeyObject | undefined;
  key.sign = (data, hash) => {
    const algorithm = key.type === 'ssh-ed25519' ? null : hash;
    if (algorithm === undefined) return sign(data, hash);
    try {
      read ??= createPrivateKey(key.getPrivatePEM());
      return signBytes(algorithm, Buffer.from(data), read);
    } catch {
      return sign(data, hash);
    }
  };
  return key;
}

async function readPrivately(path: string): Promise<string> {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw new InputError(
        `${name(path)} cannot be opened (${errorCode(error)})`,
        'Name an existing private key file that you may read.',
      );
    },
  );
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > MAX_KEY_BYTES || stat.size === 0) {
      throw new InputError(
        `${name(path)} is not a private key: it is ${stat.isFile() ? `${String(stat.size)} bytes long` : 'not a plain file'}`,
        'Name a private key file.',
      );
    }
    // authfile.c: only of a file of our own.
    if ((stat.mode & 0o077) !== 0 && stat.uid === process.getuid?.()) {
      throw new InputError(
        `${name(path)} can be read by others (mode ${(stat.mode & 0o777).toString(8).padStart(4, '0')})`,
        'Run chmod 600 on it, as ssh itself demands.',
      );
    }
    return await handle.readFile('latin1');
  } finally {
    await handle.close();
  }
}

function refuseOtherFormats(path: string, text: string): void {
  if (text.startsWith('PuTTY-User-Key-File-')) {
    throw new InputError(
      `${name(path)} is a PuTTY key, which is not supported`,
      'Convert it with: puttygen FILE -O private-openssh -o NEWFILE.',
    );
  }
  const begun = /^-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----/m.exec(text)?.[1];
  if (begun !== undefined && !text.includes(`-----END ${begun}-----`)) {
    throw new InputError(
      `${name(path)} is cut off: its last line is missing`,
      'Copy it again, from where it is whole.',
    );
  }
  if (begun === 'OPENSSH PRIVATE KEY') {
    throw new InputError(
      `${name(path)} is damaged: what it holds is no OpenSSH private key`,
      'Check it with: ssh-keygen -y -f FILE.',
    );
  }
  if (begun === 'DSA PRIVATE KEY') throw dsa(path);
  if (/^(ssh-|ecdsa-|sk-)/.test(text) || text.includes('PUBLIC KEY')) {
    throw new InputError(
      `${name(path)} is a public key`,
      'Name the private key: usually the same name without .pub.',
    );
  }
}

const dsa = (path: string): InputError =>
  new InputError(
    `${name(path)} is a DSA key, which OpenSSH has refused since 7.0`,
    'Make an Ed25519 key: ssh-keygen -t ed25519.',
  );

function isPrivateKey(value: unknown): value is ParsedKey {
  const key = value as Partial<ParsedKey> | null;
  return typeof key?.isPrivateKey === 'function' && key.isPrivateKey();
}

const name = (path: string): string => `The key file ${visibleLine(path)}`;

/** `ENOENT` and the like of a Node error. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown error';
}
