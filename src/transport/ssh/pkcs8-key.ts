import { createPrivateKey, type KeyObject } from 'node:crypto';
import { openSshText } from './openssh-key.js';
import { sshString } from './wire.js';

/** RFC 5208 and 5958: what openssl writes, and ssh-keygen -m PKCS8. */
export const isPkcs8 = (text: string): boolean =>
  /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/m.test(text);
export const isEncryptedPkcs8 = (text: string): boolean =>
  /^-----BEGIN ENCRYPTED PRIVATE KEY-----/m.test(text);

/** As text, so that it needs no file of its own beside the program. */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const { createPrivateKey } = require('node:crypto');
const { text, passphrase } = workerData;
let der = null;
try {
  const key = createPrivateKey({ key: text, format: 'pem', passphrase: Buffer.from(passphrase) });
  der = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));
} catch {}
passphrase.fill(0);
parentPort.postMessage(der, der === null ? [] : [der.buffer]);
`;

/** The same key in a form that ssh2 parses; null for a wrong passphrase, a damaged file or a type of no use for SSH. */
export async function convertPkcs8(text: string, passphrase?: string): Promise<string | null> {
  const key = isEncryptedPkcs8(text)
    ? await decryptAside(text, passphrase ?? '')
    : readKey({ key: text, format: 'pem' });
  return key === null ? null : exportKey(key);
}

/** The file says how many rounds of PBKDF2 or scrypt it takes, and OpenSSL does them in one piece: another thread has to. */
async function decryptAside(text: string, passphrase: string): Promise<KeyObject | null> {
  const { Worker } = await import('node:worker_threads');
  const secret = new Uint8Array(Buffer.from(passphrase));
  const worker = new Worker(WORKER, {
    eval: true,
    workerData: { text, passphrase: secret },
    transferList: [secret.buffer],
    execArgv: [],
    env: {},
  });
  const der = await new Promise<Uint8Array | null>((resolve) => {
    worker.once('message', resolve);
    worker.once('error', () => {
      resolve(null);
    });
    worker.once('exit', () => {
      resolve(null);
    });
  });
  return der === null ? null : readKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
}

function readKey(input: Parameters<typeof createPrivateKey>[0]): KeyObject | null {
  try {
    return createPrivateKey(input);
  } catch {
    return null;
  }
}

function exportKey(key: KeyObject): string | null {
  if (key.asymmetricKeyType === 'rsa')
    return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString();
  if (key.asymmetricKeyType !== 'ed25519') return null;
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const [open, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')];
  const blob = Buffer.concat([sshString('ssh-ed25519'), sshString(open)]);
  const secret = Buffer.concat([
    Buffer.alloc(8),
    blob,
    sshString(Buffer.concat([seed, open])),
    sshString(''),
  ]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (secret.length % 8)) % 8));
  return openSshText(blob, Buffer.concat([secret, padding]));
}
