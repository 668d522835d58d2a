import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { encipher, expand, freshState } from './blowfish.js';

const HASH_BYTES = 32;
const MAGIC = Buffer.from('OxychromaticBlowfishSwatDynamite');

/**
 * The key derivation of encrypted OpenSSH keys (bcrypt_pbkdf.c of OpenBSD). Takes some 10 ms a round and lets timers and
 * input through after each half of one: the one in ssh2 holds everything up for as long as it takes.
 */
export async function bcryptPbkdf(
  passphrase: string,
  salt: Uint8Array,
  rounds: number,
  length: number,
): Promise<Buffer> {
  const password = wordsOf(sha512(Buffer.from(passphrase)));
  const blocks = Math.ceil(length / HASH_BYTES);
  const key = Buffer.alloc(length);
  for (let count = 1; count <= blocks; count += 1) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(count);
    let hash = bcryptHash(password, wordsOf(sha512(Buffer.concat([salt, number]))));
    const out = Buffer.from(hash);
    for (let round = 1; round < rounds; round += 1) {
      await setImmediate();
      hash = bcryptHash(password, wordsOf(sha512(hash)));
      for (let at = 0; at < HASH_BYTES; at += 1) out[at] = (out[at] ?? 0) ^ (hash[at] ?? 0);
    }
    // Not one block behind the other: each contributes every n-th byte.
    for (let at = 0; at * blocks + count - 1 < length; at += 1) {
      key[at * blocks + count - 1] = out[at] ?? 0;
    }
    await setImmediate();
  }
  return key;
}

function bcryptHash(password: Int32Array, salt: Int32Array): Buffer {
  const state = freshState();
  expand(state, password, salt);
  for (let round = 0; round < 64; round += 1) {
    expand(state, salt, null);
    expand(state, password, null);
  }
  const words = wordsOf(MAGIC);
  for (let at = 0; at < words.length; at += 2) {
    for (let round = 0; round < 64; round += 1) encipher(state, words, at);
  }
  const hash = Buffer.alloc(HASH_BYTES);
  words.forEach((word, index) => hash.writeInt32LE(word, index * 4));
  return hash;
}

const sha512 = (bytes: Uint8Array): Buffer => createHash('sha512').update(bytes).digest();

const wordsOf = (bytes: Buffer): Int32Array =>
  Int32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32BE(index * 4));
