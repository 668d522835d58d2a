import { hash, randomBytes } from 'node:crypto';
import type { SurveyClock } from '../../collect/survey.js';

/** Lower-case hex. In one call: a Hash object costs four times as much as hashing what a probe prints. */
export const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes);

/** 32 hexadecimal digits from the system's random source: frame nonces and run ids. */
export const randomHex = (): string => randomBytes(16).toString('hex');

export const clock: SurveyClock = { now: () => Date.now(), monotonic: () => performance.now() };

/** An AbortSignal that the first Ctrl-C, SIGTERM or SIGHUP aborts; `dispose` lets go of the handlers. */
export function interruptible(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.once(name, abort);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of signals) process.removeListener(name, abort);
    },
  };
}
