/** One figure: what was measured against what, and whether it reaches its limit. Nothing here fails on a figure. */
export type Figure =
  | {
      readonly name: string;
      readonly unit: 'ms' | 's';
      readonly what: string;
      readonly value: number;
      readonly peerWhat: string;
      readonly peer: number;
      readonly ratio: number;
      readonly limit: number;
      readonly isMet: boolean;
      /** How often each side was run. */
      readonly runs: number;
    }
  | { readonly name: string; readonly skipped: string };

export type Duel = {
  readonly name: string;
  readonly unit: 'ms' | 's';
  readonly limit: number;
  readonly runs: number;
  readonly what: string;
  /** Runs ours once; the answer is in `unit`. */
  readonly measure: () => Promise<number>;
  readonly peerWhat: string;
  readonly measurePeer: () => Promise<number>;
};

/** The middle of the values; of an even number, the mean of the two in the middle. Throws when there is none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const low = sorted[Math.ceil(half) - 1];
  const high = sorted[Math.floor(half)];
  if (low === undefined || high === undefined) throw new Error('the median of nothing');
  return (low + high) / 2;
}

/** Runs both sides in turn, so that other work of the machine slows both, and compares their medians. */
export async function fight(duel: Duel): Promise<Figure> {
  const { measure, measurePeer, ...rest } = duel;
  await measurePeer();
  await measure();
  const values: number[] = [];
  const peers: number[] = [];
  for (let run = 0; run < duel.runs; run++) {
    peers.push(await measurePeer());
    values.push(await measure());
  }
  const [value, peer] = [median(values), median(peers)];
  const ratio = value / peer;
  return { ...rest, value, peer, ratio, isMet: ratio <= duel.limit };
}
