// The CRC of POSIX `cksum`: every node has the tool, and it needs no language but the shell (POSIX.1-2017, cksum).
const TABLE = new Uint32Array(256).map((_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit += 1) {
    value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  }
  return value >>> 0;
});

const step = (crc: number, byte: number): number =>
  ((crc << 8) ^ (TABLE[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;

/** Counts a stream the way `cksum` does. */
export class Checksum {
  private crc = 0;
  private count = 0;

  add(bytes: Uint8Array): void {
    let { crc } = this;
    // Every byte of every node comes by here: an index costs a third of an iterator.
    for (let index = 0; index < bytes.length; index += 1) crc = step(crc, bytes[index] ?? 0);
    this.crc = crc;
    this.count += bytes.length;
  }

  /** The two numbers that `cksum` prints. */
  result(): { readonly crc: number; readonly length: number } {
    let { crc } = this;
    for (let rest = this.count; rest > 0; rest = Math.floor(rest / 256))
      crc = step(crc, rest & 255);
    return { crc: ~crc >>> 0, length: this.count };
  }
}
