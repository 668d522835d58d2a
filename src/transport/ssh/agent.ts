import { connect } from 'node:net';
import { InputError } from '../../domain/errors.js';
import type { Signer } from '../../domain/signer.js';
import { errorCode } from './key-file.js';
import { keyTypeOf, readSshString, sshString } from './wire.js';

/** An agent that is locked up must not lock us up. A touch or a confirmation takes a human longer. */
const LIST_LIMIT_MS = 5_000;
const SIGN_LIMIT_MS = 60_000;
const MAX_REPLY = 256 * 1024;
const MAX_KEYS = 200;

// draft-ietf-sshm-ssh-agent 6.1
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
const RSA_SHA2_256 = 2;
const RSA_SHA2_512 = 4;

export type AgentKey = {
  readonly type: string;
  readonly blob: Buffer;
  /** Bounded, not yet visible. */
  readonly comment: string;
};

/** The public keys an agent holds. Rejects with InputError when it does not answer in 5 s. */
export async function listAgentKeys(socket: string): Promise<readonly AgentKey[]> {
  const reply = await request(socket, Buffer.from([REQUEST_IDENTITIES]), LIST_LIMIT_MS);
  if (reply[0] !== IDENTITIES_ANSWER || reply.length < 5) throw agentError('refuses to list keys');
  const keys: AgentKey[] = [];
  let at = 5;
  for (let left = Math.min(reply.readUInt32BE(1), MAX_KEYS); left > 0; left -= 1) {
    const blob = readSshString(reply, at);
    const comment = blob && readSshString(reply, blob.next);
    if (!blob || !comment) throw agentError('sent a garbled list');
    at = comment.next;
    const type = keyTypeOf(blob.value);
    if (type !== null) {
      keys.push({ type, blob: blob.value, comment: comment.value.toString().slice(0, 256) });
    }
  }
  return keys;
}

/** The SSH signature blob (string algorithm, string signature) that the agent makes. Rejects with InputError. */
export async function signWithAgent(
  socket: string,
  blob: Uint8Array,
  data: Uint8Array,
  hash: 'sha256' | 'sha512' = 'sha512',
): Promise<Buffer> {
  const flags = Buffer.alloc(4);
  if (keyTypeOf(blob) === 'ssh-rsa') flags[3] = hash === 'sha256' ? RSA_SHA2_256 : RSA_SHA2_512;
  const message = Buffer.concat([
    Buffer.from([SIGN_REQUEST]),
    sshString(blob),
    sshString(data),
    flags,
  ]);
  const reply = await request(socket, message, SIGN_LIMIT_MS);
  const signature = reply[0] === SIGN_RESPONSE ? readSshString(reply, 1) : null;
  if (signature === null)
    throw agentError('refused to sign: it was not confirmed, or it is locked');
  return signature.value;
}

/** A signer for each key of the agent that can sign a bundle, security tokens included. Rejects with InputError. */
export async function agentSigners(socket: string): Promise<readonly Signer[]> {
  const keys = await listAgentKeys(socket);
  return keys
    .filter((key) => /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-|sk-)/.test(key.type))
    .filter((key) => !key.type.includes('-cert-'))
    .map((key) => ({
      algorithm: key.type === 'ssh-rsa' ? 'rsa-sha2-512' : key.type,
      publicBlob: new Uint8Array(key.blob),
      comment: key.comment,
      sign: async (data) => new Uint8Array(await signWithAgent(socket, key.blob, data)),
    }));
}

function request(path: string, message: Buffer, limitMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (text: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(agentError(text));
    };
    const timer = setTimeout(() => {
      fail(`does not answer within ${String(limitMs / 1000)} s`);
    }, limitMs);
    socket.on('error', (error) => {
      fail(`cannot be reached (${errorCode(error)})`);
    });
    socket.on('close', () => {
      fail('closed the connection');
    });
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      const reply = readSshString(Buffer.concat(chunks), 0);
      if (reply !== null && reply.value.length > 0) {
        clearTimeout(timer);
        socket.destroy();
        resolve(reply.value);
      } else if (size > MAX_REPLY) {
        fail('sent too much');
      }
    });
    socket.write(sshString(message));
  });
}

const agentError = (text: string): InputError =>
  new InputError(`The SSH agent ${text}`, 'Check it with: ssh-add -l.');
