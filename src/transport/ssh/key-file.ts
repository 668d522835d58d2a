import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { InputError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';
import { keyTypeOf, readSshString } from './wire.js';

/** No private key is longer; a device or an image under that name is not read into memory. */
const MAX_KEY_BYTES = 64 * 1024;
/** ssh-keygen -a; each round costs about 10 ms here, and the work cannot be interrupted. */
const MAX_KDF_ROUNDS = 400;
const OPENSSH_MAGIC = 'openssh-key-v1\0';
const OPENSSH_ARMOR =
  /^-----BEGIN OPENSSH PRIVATE KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END OPENSSH PRIVATE KEY-----/;

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
  if (layout !== null && layout.rounds > MAX_KDF_ROUNDS) {
    throw new InputError(
      `${name(path)} asks for ${String(layout.rounds)} key derivation rounds`,
      `Load it into ssh-agent, or set fewer than ${String(MAX_KDF_ROUNDS)} with ssh-keygen -p -a.`,
    );
  }
  if (layout !== null) return { path, text, ...layout };
  refuseOtherFormats(path, text);
  return { path, text, encrypted: /^Proc-Type: 4,ENCRYPTED/m.test(text), publicBlob: null };
}

/**
 * The private key in the file. Throws InputError for a wrong or missing passphrase and for what this tool cannot
 * use; the message never holds key material. Decrypting is synchronous: about 0.3 s at ssh-keygen's default rounds.
 */
export function unlockKey(file: KeyFile, passphrase?: string): ParsedKey {
  if (file.encrypted && passphrase === undefined) {
    throw new InputError(
      `${name(file.path)} is encrypted and no passphrase was given`,
      'Type its passphrase, or load it into ssh-agent with ssh-add.',
    );
  }
  const parsed: unknown = ssh2.utils.parseKey(file.text, passphrase);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (isPrivateKey(key)) return key;
  if (file.encrypted) {
    throw new InputError(
      `The passphrase does not open ${name(file.path)}, or the file is damaged`,
      'Check it with: ssh-keygen -y -f FILE.',
    );
  }
  throw new InputError(
    `${name(file.path)} is not a private key this tool can read`,
    'Check it with: ssh-keygen -y -f FILE. Keys on security tokens work through ssh-agent only.',
  );
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
    if ((stat.mode & 0o077) !== 0) {
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
  const toOpenSsh = 'Rewrite a copy in OpenSSH format with: ssh-keygen -p -f FILE.';
  if (/^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/m.test(text)) {
    throw new InputError(`${name(path)} is in PKCS#8 format, which is not supported`, toOpenSsh);
  }
  if (text.startsWith('PuTTY-User-Key-File-')) {
    throw new InputError(
      `${name(path)} is a PuTTY key, which is not supported`,
      'Convert it with: puttygen FILE -O private-openssh -o NEWFILE.',
    );
  }
  if (/^(ssh-|ecdsa-|sk-)/.test(text) || text.includes('PUBLIC KEY')) {
    throw new InputError(
      `${name(path)} is a public key`,
      'Name the private key: usually the same name without .pub.',
    );
  }
}

type Layout = Pick<KeyFile, 'encrypted' | 'publicBlob'> & { readonly rounds: number };

/** The clear part of an OpenSSH private key (PROTOCOL.key): cipher, kdf, kdf options, count, public key. Null for other formats. */
function openSshLayout(text: string): Layout | null {
  const body = OPENSSH_ARMOR.exec(text.trimStart())?.[1];
  if (body === undefined) return null;
  const bytes = Buffer.from(body, 'base64');
  if (bytes.subarray(0, OPENSSH_MAGIC.length).toString('latin1') !== OPENSSH_MAGIC) return null;
  const fields: Buffer[] = [];
  let at = OPENSSH_MAGIC.length;
  for (const gap of [0, 0, 0, 4]) {
    const field = readSshString(bytes, at + gap);
    if (field === null) return null;
    fields.push(field.value);
    at = field.next;
  }
  const [cipher, , options = Buffer.alloc(0), publicKey = Buffer.alloc(0)] = fields;
  return {
    encrypted: cipher?.toString('latin1') !== 'none',
    publicBlob: keyTypeOf(publicKey) === null ? null : publicKey,
    rounds: kdfRounds(options),
  };
}

/** bcrypt's options: string salt, uint32 rounds; empty when the key is not encrypted. */
function kdfRounds(options: Buffer): number {
  const salt = readSshString(options, 0);
  return salt !== null && salt.next + 4 <= options.length ? options.readUInt32BE(salt.next) : 0;
}

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
