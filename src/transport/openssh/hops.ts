import { CancelledError, ConnectError } from '../../domain/errors.js';
import type { UnknownHostKey } from '../../domain/transport.js';
import type { Target } from '../ssh/options.js';
import type { Master } from './master.js';

/** How long a jump host stays connected after its last user left: nodes of a fleet come one after the other. */
const LINGER_MS = 500;

export type Lease = { readonly control: string; readonly release: () => void };

type Tell = (key: UnknownHostKey) => void;

/** Connects to the last target of a chain through the control socket of the one before. */
export type OpenHop = (
  target: Target,
  node: string,
  through: string | null,
  tell: Tell,
  signal: AbortSignal,
) => Promise<Master>;

type Entry = {
  readonly opening: Promise<Master>;
  readonly stop: AbortController;
  readonly unknown: UnknownHostKey[];
  users: number;
};

/** One shared connection to each jump host for all nodes behind it: a bastion sees one login, and is blamed by its own name. */
export function createHops(
  open: OpenHop,
  tellUnknown: Tell,
): (chain: readonly Target[], node: string, signal: AbortSignal) => Promise<Lease | null> {
  const entries = new Map<string, Entry>();

  const openChain = async (
    chain: readonly Target[],
    last: Target,
    node: string,
    tell: Tell,
    signal: AbortSignal,
  ): Promise<Master> => {
    const before = await acquire(chain.slice(0, -1), node, signal);
    try {
      const master = await open(last, node, before?.control ?? null, tell, signal);
      master.onClose(() => before?.release());
      return master;
    } catch (error) {
      before?.release();
      throw error;
    }
  };

  const entryOf = (key: string, chain: readonly Target[], last: Target, node: string): Entry => {
    const known = entries.get(key);
    if (known !== undefined) return known;
    const stop = new AbortController();
    const unknown: UnknownHostKey[] = [];
    const opening = openChain(chain, last, node, (one) => unknown.push(one), stop.signal);
    const entry: Entry = { opening, stop, unknown, users: 0 };
    const forget = (): void => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    opening.then((master) => {
      master.onClose(forget);
    }, forget);
    entries.set(key, entry);
    return entry;
  };

  const leave = (key: string, entry: Entry): void => {
    entry.users -= 1;
    setTimeout(() => {
      if (entry.users > 0) return;
      if (entries.get(key) === entry) entries.delete(key);
      entry.stop.abort();
      entry.opening.then(
        (master) => master.close(),
        () => undefined,
      );
    }, LINGER_MS);
  };

  const acquire = async (
    chain: readonly Target[],
    node: string,
    signal: AbortSignal,
  ): Promise<Lease | null> => {
    const last = chain.at(-1);
    if (last === undefined) return null;
    const key = JSON.stringify(chain);
    const entry = entryOf(key, chain, last, node);
    entry.users += 1;
    let left = false;
    const release = (): void => {
      if (!left) leave(key, entry);
      left = true;
    };
    try {
      const { control } = await orCancelled(entry.opening, signal);
      return { control, release };
    } catch (error) {
      release();
      const [unknown] = entry.unknown;
      if (error instanceof ConnectError && unknown !== undefined) tellUnknown({ ...unknown, node });
      throw error;
    }
  };
  return acquire;
}

function orCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(new CancelledError('cancelled'));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
