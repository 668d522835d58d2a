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

/** Index of `needle` in `hay` at or after `from`, or -1. The needle begins with a rare byte, so this is linear. */
export function indexOfBytes(hay: Uint8Array, needle: Uint8Array, from = 0): number {
  const [first] = needle;
  if (first === undefined) return -1;
  for (let at = hay.indexOf(first, from); at !== -1; at = hay.indexOf(first, at + 1)) {
    if (at + needle.length > hay.length) return -1;
    if (needle.every((byte, index) => hay[at + index] === byte)) return at;
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

  add(bytes: Uint8Array): void {
    this.seen += bytes.length;
    const room = this.limit - this.kept;
    if (room <= 0 || bytes.length === 0) return;
    // A copy: the transport may use its buffer again.
    const part = bytes.slice(0, room);
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
    const whole = concat(this.parts);
    this.parts = [whole];
    return whole;
  }
}
