import { CancelledError } from '../domain/errors.js';
import type { RunEnd } from '../domain/transport.js';

/**
 * Starts a run and waits for its end: the one it tells of, or the deadline in milliseconds. `start` answers what cleans
 * up behind it, which is called once, at the first end. Rejects with CancelledError when the signal fires.
 */
export function untilEnd(
  deadlineMs: number,
  signal: AbortSignal,
  start: (end: (how: RunEnd) => void) => () => void,
): Promise<RunEnd> {
  if (signal.aborted) return Promise.reject(new CancelledError('cancelled'));
  return new Promise((resolve, reject) => {
    const state: { settled: boolean; cleanUp?: () => void } = { settled: false };
    const settle = (act: () => void): void => {
      if (state.settled) return;
      state.settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      state.cleanUp?.();
      act();
    };
    const end = (how: RunEnd): void => {
      settle(() => {
        resolve(how);
      });
    };
    const onAbort = (): void => {
      settle(() => {
        reject(new CancelledError('cancelled'));
      });
    };
    const timer = setTimeout(() => {
      end({ kind: 'deadline' });
    }, deadlineMs);
    signal.addEventListener('abort', onAbort, { once: true });
    const cleanUp = start(end);
    // It may have ended while it was started.
    if (state.settled) cleanUp();
    else state.cleanUp = cleanUp;
  });
}
