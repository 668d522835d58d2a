import { InputError } from '../domain/errors.js';
import type { AnyProbe } from '../domain/probe.js';
import { indexOfBytes, bytesOf, textOf } from './bytes.js';
import { FrameReader, type Transcript } from './frame-reader.js';
import { ANNOUNCEMENT } from './shell-parts.js';

const MARK = bytesOf(ANNOUNCEMENT);
const NONCE = /^([0-9a-f]{32})\r?\n/;

function announcedNonce(bytes: Uint8Array): { nonce: string; from: number } | null {
  const at = indexOfBytes(bytes, MARK);
  if (at === -1) return null;
  const from = at + MARK.length;
  const [, nonce] = NONCE.exec(textOf(bytes.subarray(from, from + 34))) ?? [];
  return nonce === undefined ? null : { nonce, from: from + nonce.length };
}

/** True when these bytes hold the output of a collector that ran without a client. */
export const isCollectorOutput = (bytes: Uint8Array): boolean => announcedNonce(bytes) !== null;

/**
 * Reads what `calico-ready collector | sh` printed into a file. When it was received nobody knows, so `receivedAt`
 * is null everywhere. Rejects text without the collector's first line with an InputError.
 */
export function readCollectorOutput(bytes: Uint8Array, probes: readonly AnyProbe[]): Transcript {
  const announced = announcedNonce(bytes);
  if (announced === null) {
    throw new InputError(
      'This is not the output of calico-ready collector: its first line is missing',
      'Run `calico-ready collector | ssh NODE sh > FILE` and give that file.',
    );
  }
  const reader = new FrameReader({ nonce: announced.nonce, probes });
  reader.push(bytes.subarray(announced.from), 0);
  const { evidence, ...rest } = reader.finish({ kind: 'lost' });
  return { ...rest, evidence: evidence.map((item) => ({ ...item, receivedAt: null })) };
}
