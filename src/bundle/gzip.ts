import { createGunzip, gzipSync } from 'node:zlib';
import { VerificationError } from '../domain/errors.js';

/** Unpacked bytes that are read at most: the largest fleet's bundle is far below. */
const MOST_BYTES = 1024 * 1024 * 1024;

/** gzip without a time or an operating system in its header (RFC 1952 2.3), so that it does not tell where it was made. */
export function gzip(bytes: Uint8Array): Buffer {
  const packed = gzipSync(bytes, { level: 6 });
  packed[9] = 0xff;
  return packed;
}

const bad = (why: string): VerificationError =>
  new VerificationError(
    `The bundle is not acceptable: ${why}.`,
    'Ask the sender for the bundle again.',
  );

/** Unpacks in memory. Rejects with VerificationError: no gzip, cut short, too large, or followed by anything. */
export async function gunzip(packed: Buffer): Promise<Buffer> {
  if (packed.length < 18 || packed[0] !== 0x1f || packed[1] !== 0x8b)
    throw bad('it is not a gzip file');
  const stream = createGunzip();
  const chunks: Buffer[] = [];
  let total = 0;
  stream.end(packed);
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      total += (chunk as Buffer).length;
      if (total > MOST_BYTES) throw bad('it unpacks to too much');
    }
  } catch (error) {
    if (error instanceof VerificationError) throw error;
    throw bad('its compressed data is damaged or cut short');
  }
  // Node passes over what follows the last member; whatever it is, nobody signed it.
  if (stream.bytesWritten !== packed.length) throw bad('something follows its compressed data');
  return Buffer.concat(chunks);
}
