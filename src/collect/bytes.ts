const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8');

export const EMPTY = new Uint8Array(0);
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

const LF = 10;

function isAt(hay: Uint8Array, needle: Uint8Array, at: number): boolean {
  for (let index = 0; index < needle.length; index += 1)
    if (hay[at + index] !== needle[index]) return false;
  return true;
}

/** Index of `needle` in `hay` at or after `from`, or -1. Linear for needles that do not repeat their rare byte. */
export function indexOfBytes(hay: Uint8Array, needle: Uint8Array, from = 0): number {
  // Every text is full of line ends; what follows one in the needle is rarer.
  const skip = needle[0] === LF && needle.length > 1 ? 1 : 0;
  const rare = needle[skip];
  if (rare === undefined) return -1;
  for (let at = hay.indexOf(rare, from + skip); at !== -1; at = hay.indexOf(rare, at + 1)) {
    const start = at - skip;
    if (start + needle.length > hay.length) return -1;
    if (isAt(hay, needle, start)) return start;
  }
  return -1;
}

/** Keeps the first `limit` bytes of a stream and remembers whether there were more. */
export class BoundedBytes {
  private parts: Uint8Array[] = [];
  private kept = 0;
  private seen = 0;

  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The bytes are kept as they are, not copied: nobody may write to them again. */
  add(bytes: Uint8Array): void {
    this.seen += bytes.length;
    const room = this.limit - this.kept;
    if (room <= 0 || bytes.length === 0) return;
    const part = bytes.length <= room ? bytes : bytes.subarray(0, room);
    this.parts.push(part);
    this.kept += part.length;
  }

  get total(): number {
    return this.seen;
  }

  get over(): boolean {
    return this.seen > this.limit;
  }

  bytes(): Uint8Array {
    if (this.parts.length === 0) return EMPTY;
    const whole = concat(this.parts);
    this.parts = [whole];
    return whole;
  }
}
