import { setTimeout as pause } from 'node:timers/promises';
import { CancelledError } from '../../domain/errors.js';
import { SheddingError } from './errors.js';

/** Milliseconds before each further attempt at a server that sheds connections (sshd_config(5), MaxStartups). */
export const SHEDDING_WAITS_MS = [2_000, 5_000, 15_000] as const;

/**
 * Tries again, with growing pauses, only where a server closed the connection before its greeting: then nothing was
 * proven, asked or sent, and nobody sees a login twice. Everything else rejects at once; after the last pause the
 * SheddingError says how long it was tried. Rejects with CancelledError when the signal fires.
 */
export async function withBackOff<T>(
  attempt: () => Promise<T>,
  waitsMs: readonly number[],
  signal: AbortSignal,
): Promise<T> {
  for (const wait of waitsMs) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof SheddingError)) throw error;
    }
    await pause(wait, undefined, { signal }).catch(() => {
      throw new CancelledError('cancelled');
    });
  }
  return attempt().catch((error: unknown) => {
    if (!(error instanceof SheddingError) || waitsMs.length === 0) throw error;
    const seconds = waitsMs.map((ms) => String(ms / 1000)).join(', ');
    throw new SheddingError(error.where, `, again after pauses of ${seconds} s`);
  });
}
