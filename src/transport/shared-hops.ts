import { CancelledError, ConnectError } from '../domain/errors.js';
import type { UnknownHostKey } from '../domain/transport.js';
import type { Target } from './ssh/options.js';

/** How long a jump host stays connected after its last user left: nodes of a fleet come one after the other. */
const LINGER_MS = 500;

/** A jump host's connection while somebody uses it. */
export type Lease<C> = { readonly connection: C; readonly release: () => void };

type Tell = (key: UnknownHostKey) => void;

/** How a kind of connection is made and ended. */
export type HopKind<C> = {
  /** Connects to a jump host through the one before it; null: straight. `tell` takes an unknown host key. */
  readonly open: (
    target: Target,
    node: string,
    through: C | null,
    tell: Tell,
    signal: AbortSignal,
  ) => Promise<C>;
  readonly onClose: (connection: C, listener: () => void) => void;
  readonly close: (connection: C) => void;
};

type Entry<C> = {
  readonly opening: Promise<C>;
  readonly stop: AbortController;
  /** The keys that ended the attempt, to be told to everybody who waited. */
  readonly unknown: UnknownHostKey[];
  users: number;
};

/** The connection to the last hop of a chain, made when nobody has it open; null without a hop. */
export type AcquireHop<C> = (
  chain: readonly Target[],
  node: string,
  signal: AbortSignal,
) => Promise<Lease<C> | null>;

/**
 * One connection to each jump host for all nodes behind it: a forwarded connection is no session, so MaxSessions does not
 * count it, and a bastion sees one login instead of one a node (MaxStartups, PerSourcePenalties). It is blamed by its own
 * name. What it answers rejects with ConnectError or CancelledError.
 */
export function createSharedHops<C>(kind: HopKind<C>, tellUnknown: Tell): AcquireHop<C> {
  const entries = new Map<string, Entry<C>>();

  const openChain = async (
    chain: readonly Target[],
    last: Target,
    node: string,
    tell: Tell,
    signal: AbortSignal,
  ): Promise<C> => {
    const before = await acquire(chain.slice(0, -1), node, signal);
    try {
      const through = before?.connection ?? null;
      const connection = await kind.open(last, node, through, tell, signal);
      kind.onClose(connection, () => before?.release());
      return connection;
    } catch (error) {
      before?.release();
      throw error;
    }
  };

  const entryOf = (key: string, chain: readonly Target[], last: Target, node: string): Entry<C> => {
    const known = entries.get(key);
    if (known !== undefined) return known;
    const stop = new AbortController();
    const unknown: UnknownHostKey[] = [];
    const opening = openChain(chain, last, node, (one) => unknown.push(one), stop.signal);
    const entry: Entry<C> = { opening, stop, unknown, users: 0 };
    const forget = (): void => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    opening.then((connection) => {
      kind.onClose(connection, forget);
    }, forget);
    entries.set(key, entry);
    return entry;
  };

  const leave = (key: string, entry: Entry<C>): void => {
    entry.users -= 1;
    if (entry.users > 0) return;
    setTimeout(() => {
      if (entry.users > 0) return;
      if (entries.get(key) === entry) entries.delete(key);
      entry.stop.abort();
      entry.opening.then(kind.close, () => undefined);
    }, LINGER_MS);
  };

  const acquire: AcquireHop<C> = async (chain, node, signal) => {
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
      return { connection: await orCancelled(entry.opening, signal), release };
    } catch (error) {
      release();
      const [unknown] = entry.unknown;
      if (error instanceof ConnectError && unknown !== undefined) tellUnknown({ ...unknown, node });
      throw error;
    }
  };
  return acquire;
}

/** The work's end, or CancelledError as soon as the signal fires; the work itself goes on. */
export function orCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
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
