/** A timer for one phase at a time that a human at a prompt can stop: waiting for people is no time-out. */
export type Patience = {
  /** Gives the peer this many milliseconds from now, in place of what it had. */
  begin(ms: number): void;
  /** Runs while the timer stands still; afterwards the phase begins anew. */
  whileHumanActs<T>(work: () => Promise<T>): Promise<T>;
  stop(): void;
};

export function createPatience(onExpired: (seconds: number) => void): Patience {
  let timer: NodeJS.Timeout | undefined;
  let limit = 0;
  let humans = 0;
  let stopped = false;
  const start = (): void => {
    clearTimeout(timer);
    if (stopped || humans > 0) return;
    timer = setTimeout(() => {
      onExpired(Math.round(limit / 1000));
    }, limit);
  };
  return {
    begin: (ms) => {
      limit = ms;
      start();
    },
    whileHumanActs: async (work) => {
      humans += 1;
      clearTimeout(timer);
      try {
        return await work();
      } finally {
        humans -= 1;
        start();
      }
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
