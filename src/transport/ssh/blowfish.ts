// Blowfish with bcrypt's salted key schedule (Schneier 1993; Provos and Mazières 1999), as bcrypt_pbkdf of OpenSSH uses
// it. Node's OpenSSL offers Blowfish without that schedule.

const ROUND_KEYS = 18;
const BOX = 256;
const BOXES = 4 * BOX;

/** The round keys, and the four substitution boxes one after the other. */
export type BlowfishState = { readonly keys: Int32Array; readonly boxes: Int32Array };

let initial: BlowfishState | null = null;

/** Blowfish starts from the hexadecimal digits of pi behind the point; computing them is shorter than listing 4 KB. */
function initialState(): BlowfishState {
  if (initial !== null) return initial;
  const words = ROUND_KEYS + BOXES;
  const guard = 64n;
  const bits = BigInt(words * 32);
  const one = 1n << (bits + guard);
  // Machin: pi = 16 arctan(1/5) - 4 arctan(1/239).
  const pi = 16n * arctanOfInverse(5n, one) - 4n * arctanOfInverse(239n, one);
  const fraction = (pi >> guard) & ((1n << bits) - 1n);
  const digits = Buffer.from(fraction.toString(16).padStart(words * 8, '0'), 'hex');
  const all = Int32Array.from({ length: words }, (_, index) => digits.readInt32BE(index * 4));
  initial = { keys: all.slice(0, ROUND_KEYS), boxes: all.slice(ROUND_KEYS) };
  return initial;
}

/** arctan(1/x) as a fixed-point number whose 1 is `one`. */
function arctanOfInverse(x: bigint, one: bigint): bigint {
  let power = one / x;
  let sum = power;
  for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
    power /= x * x;
    sum += (sign * power) / n;
  }
  return sum;
}

export function freshState(): BlowfishState {
  const { keys, boxes } = initialState();
  return { keys: Int32Array.from(keys), boxes: Int32Array.from(boxes) };
}

/** Enciphers the two words at an offset in place. */
export function encipher({ keys, boxes }: BlowfishState, words: Int32Array, at: number): void {
  let left = words[at] ?? 0;
  let right = words[at + 1] ?? 0;
  left ^= keys[0] ?? 0;
  for (let round = 1; round <= 16; round += 2) {
    right ^= mix(boxes, left) ^ (keys[round] ?? 0);
    left ^= mix(boxes, right) ^ (keys[round + 1] ?? 0);
  }
  words[at] = right ^ (keys[17] ?? 0);
  words[at + 1] = left;
}

function mix(boxes: Int32Array, word: number): number {
  const a = boxes[word >>> 24] ?? 0;
  const b = boxes[BOX + ((word >>> 16) & 0xff)] ?? 0;
  const c = boxes[2 * BOX + ((word >>> 8) & 0xff)] ?? 0;
  const d = boxes[3 * BOX + (word & 0xff)] ?? 0;
  return (((a + b) ^ c) + d) | 0;
}

/** bcrypt's key schedule over 16 words of key, salted with 16 words or with nothing. */
export function expand(state: BlowfishState, key: Int32Array, salt: Int32Array | null): void {
  const { keys, boxes } = state;
  keys.forEach((word, index) => {
    keys[index] = word ^ (key[index % key.length] ?? 0);
  });
  const block = new Int32Array(2);
  let at = 0;
  for (const part of [keys, boxes]) {
    for (let index = 0; index < part.length; index += 2) {
      if (salt !== null) at = addSalt(block, salt, at);
      encipher(state, block, 0);
      part.set(block, index);
    }
  }
}

function addSalt(block: Int32Array, salt: Int32Array, at: number): number {
  block[0] = (block[0] ?? 0) ^ (salt[at] ?? 0);
  block[1] = (block[1] ?? 0) ^ (salt[at + 1] ?? 0);
  return (at + 2) % salt.length;
}
