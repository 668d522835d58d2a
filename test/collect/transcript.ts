import { writeFrames } from '../../src/collect/write-frames.js';
import { FrameReader, type Transcript } from '../../src/collect/frame-reader.js';
import type { AnyProbe } from '../../src/domain/probe.js';
import type { RunEnd } from '../../src/domain/transport.js';
import { NONCE } from './run-shell.js';

export const EXITED: RunEnd = { kind: 'exited', code: 0 };

/** Reads bytes in one piece, or in pieces cut at these offsets. */
export function readBytes(
  bytes: Uint8Array,
  probes: readonly AnyProbe[],
  cuts: readonly number[] = [],
  end: RunEnd = EXITED,
): Transcript {
  const reader = new FrameReader({ nonce: NONCE, probes });
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    reader.push(bytes.subarray(from, cut), 1000);
    from = cut;
  }
  return reader.finish(end);
}

/** What tests compare: everything but times. */
export const gist = (read: Transcript) =>
  read.evidence.map(({ probe, exit, stdout, stderr, problem }) => ({
    probe,
    exit,
    stdout: Buffer.from(stdout).toString('latin1'),
    stderr: Buffer.from(stderr).toString('latin1'),
    problem,
  }));

export const rewritten = (read: Transcript): Uint8Array =>
  writeFrames(read.evidence, { nonce: NONCE });
