import { CancelledError } from '../../domain/errors.js';

/** Does something with each item, at most `limit` at once. Rejects with the first rejection, or with CancelledError. */
export async function eachNode<T>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (signal.aborted) throw new CancelledError('cancelled');
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
