/** The part of `process` that tells when it is about to end. */
export type ProcessEvents = {
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  /** As `process.kill`; absent where nobody can be stopped. */
  kill?(pid: number, signal: 'SIGTSTP' | 'SIGHUP'): unknown;
  readonly pid?: number;
};

export type Endings = {
  /** Synchronous; may run more than once. */
  readonly restore: () => void;
  /** SIGTERM, SIGHUP, SIGINT, SIGQUIT. Restores the terminal too, after what matters more. */
  readonly onSignal: () => void;
};

const SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;

/** Restores the terminal on every way out of the process; the function that comes back stops listening. */
export function watchEndings(events: ProcessEvents, endings: Endings): () => void {
  const { restore, onSignal } = endings;
  // The monitor runs before Node prints the error and ends, and changes nothing of that.
  const watched = [
    ['exit', restore],
    ['uncaughtExceptionMonitor', restore],
    ...SIGNALS.map((signal) => [signal, onSignal] as const),
  ] as const;
  for (const [event, listener] of watched) events.on(event, listener);
  return () => {
    for (const [event, listener] of watched) events.off(event, listener);
  };
}
