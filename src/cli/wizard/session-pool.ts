import type { InventoryNode } from '../../domain/inventory.js';
import type { Session, Transport } from '../../domain/transport.js';

/** Keeps connections between looking at a node and surveying it, so that a node sees one connection. */
export type SessionPool = Transport & {
  /** Closes what is idle. */
  closeAll(): Promise<void>;
};

/** A connection that was idle this long may be gone without either side knowing. */
const MOST_IDLE_MS = 60_000;

type Idle = { readonly session: Session; readonly since: number };

/**
 * A transport whose sessions go back to the pool when they are closed after a clean run. Only for asking: a change always
 * opens its own connection.
 */
export function createSessionPool(transport: Transport, now: () => number): SessionPool {
  const idle = new Map<string, Idle>();
  const keyOf = (node: InventoryNode): string => JSON.stringify(node);

  const take = (key: string): Session | undefined => {
    const found = idle.get(key);
    idle.delete(key);
    if (found === undefined || now() - found.since <= MOST_IDLE_MS) return found?.session;
    void found.session.close().catch(() => undefined);
    return undefined;
  };

  return {
    open: async (node, signal) => {
      const key = keyOf(node);
      const session = take(key) ?? (await transport.open(node, signal));
      let healthy = true;
      return {
        // The transport learns more of the peer while it runs, such as how it became root.
        get peer() {
          return session.peer;
        },
        run: async (request, runSignal) => {
          healthy = false;
          const end = await session.run(request, runSignal);
          healthy = end.kind === 'exited';
          return end;
        },
        close: async () => {
          if (healthy && !idle.has(key)) idle.set(key, { session, since: now() });
          else await session.close();
        },
      };
    },
    closeAll: async () => {
      const sessions = [...idle.values()].map(({ session }) => session);
      idle.clear();
      await Promise.allSettled(sessions.map((session) => session.close()));
    },
  };
}
