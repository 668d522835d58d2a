import type { RunEnd } from '../domain/transport.js';

/** Hands on at most `limit` bytes, then ends the run. */
export function capped(
  limit: number,
  onChunk: (chunk: Uint8Array) => void,
  which: 'stdout' | 'stderr',
  end: (how: RunEnd) => void,
): (chunk: Buffer) => void {
  let left = limit;
  return (chunk) => {
    if (left < 0) return;
    const part = chunk.subarray(0, left);
    left -= chunk.length;
    if (part.length > 0) onChunk(new Uint8Array(part));
    if (left < 0) end({ kind: 'limit', which });
  };
}
