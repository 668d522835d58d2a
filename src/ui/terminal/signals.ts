/** The part of `process` that tells when it is about to end. */
export type ProcessEvents = {
  on(event: string, listener: (...args: never[]) => void): unknown;
  off(event: string, listener: (...args: never[]) => void): unknown;
};

export type Endings = {
  /** Synchronous; may run more than once. */
  readonly restore: () => void;
  /** SIGTERM, SIGHUP, SIGINT, SIGQUIT. The terminal is already restored. */
  readonly onSignal: (signal: string) => void;
};

const SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;

/** Restores the terminal on every way out of the process; the function that comes back stops listening. */
export function watchEndings(events: ProcessEvents, endings: Endings): () => void {
  const { restore } = endings;
  const onSignal = (signal: string): void => {
    restore();
    endings.onSignal(signal);
  };
  events.on('exit', restore);
  // The monitor runs before Node prints the error and ends, and changes nothing of that.
  events.on('uncaughtExceptionMonitor', restore);
  for (const signal of SIGNALS) events.on(signal, onSignal);
  return () => {
    events.off('exit', restore);
    events.off('uncaughtExceptionMonitor', restore);
    for (const signal of SIGNALS) events.off(signal, onSignal);
  };
}
