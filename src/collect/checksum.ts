// The CRC of POSIX `cksum`: every node has the tool, and it needs no language but the shell (POSIX.1-2017, cksum).
// Signed, for V8 keeps those in registers, and the unsigned above 2^31 on its heap.
const TABLE = new Int32Array(256).map((_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit += 1) {
    value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  }
  return value;
});

const step = (crc: number, byte: number): number => (crc << 8) ^ (TABLE[(crc >>> 24) ^ byte] ?? 0);

/** Counts a stream the way `cksum` does. */
export class Checksum {
  private crc = 0;
  private count = 0;

  /** Counts the bytes from `from` up to `to`. */
  add(bytes: Uint8Array, from = 0, to = bytes.length): void {
    let { crc } = this;
    // Every byte of every node comes by here: an index costs a third of an iterator.
    for (let index = from; index < to; index += 1) crc = step(crc, bytes[index] ?? 0);
    this.crc = crc;
    this.count += to - from;
  }

  /** The two numbers that `cksum` prints. */
  result(): { readonly crc: number; readonly length: number } {
    let { crc } = this;
    for (let rest = this.count; rest > 0; rest = Math.floor(rest / 256))
      crc = step(crc, rest & 255);
    return { crc: ~crc >>> 0, length: this.count };
  }
}
