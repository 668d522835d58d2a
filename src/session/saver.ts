/** Keeps saves apart: one at a time, and the last state wins. */
export type Saver = {
  /** Asks for a save and returns at once. */
  request(): void;
  /** Resolves when everything asked for so far is written, or has failed. */
  idle(): Promise<void>;
};

export function createSaver(save: () => Promise<void>, onError: (error: unknown) => void): Saver {
  let wanted = false;
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    // Changes made in one go become one save.
    await Promise.resolve();
    while (wanted) {
      wanted = false;
      try {
        await save();
      } catch (error) {
        onError(error);
      }
    }
    running = null;
  };
  return {
    request: () => {
      wanted = true;
      running ??= run();
    },
    idle: async () => {
      while (running !== null) await running;
    },
  };
}
