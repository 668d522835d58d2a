/** How long events gather before the screen is told, in milliseconds: one frame at 60 Hz. */
export const BATCH_MS = 16;

/** Gathers events by key, so that 500 talking nodes cost one copy of a record per frame, not one per event. */
export type Batch<T> = {
  push(key: string, value: T): void;
  /** Hands over what waits. */
  flush(): void;
  /** Flushes and ignores what comes later. */
  close(): void;
};

export function createBatch<T>(apply: (changes: ReadonlyMap<string, T>) => void): Batch<T> {
  let waiting = new Map<string, T>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let closed = false;
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.size === 0) return;
    const changes = waiting;
    waiting = new Map();
    apply(changes);
  };
  return {
    push: (key, value) => {
      if (closed) return;
      waiting.set(key, value);
      timer ??= setTimeout(flush, BATCH_MS);
    },
    flush,
    close: () => {
      flush();
      closed = true;
    },
  };
}
