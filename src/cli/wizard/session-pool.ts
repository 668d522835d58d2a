import { ConnectError } from '../../domain/errors.js';
import type { InventoryNode } from '../../domain/inventory.js';
import type { RunEnd, RunRequest, Session, Transport } from '../../domain/transport.js';

/** Keeps connections between looking at a node and surveying it, so that a node sees one connection. */
export type SessionPool = Transport & {
  /** Closes what is idle. */
  closeAll(): Promise<void>;
};

/** A connection that was idle this long may be gone without either side knowing. */
const MOST_IDLE_MS = 60_000;

/** The same request, and whether anything came back for it. */
function overheard(request: RunRequest): { request: RunRequest; answered: () => boolean } {
  let answered = false;
  const tell = (receive: (chunk: Uint8Array) => void) => (chunk: Uint8Array) => {
    answered = true;
    receive(chunk);
  };
  const { onStdout, onStderr } = request;
  return {
    request: { ...request, onStdout: tell(onStdout), onStderr: tell(onStderr) },
    answered: () => answered,
  };
}

/** Opens a connection, or says as the end of a run why there is none. Rejects with CancelledError. */
async function orRefused(opening: Promise<Session>): Promise<Session | RunEnd> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return { kind: 'refused', why: error.reason };
  }
}

type Idle = { readonly session: Session; readonly since: number };

/**
 * A transport whose sessions go back to the pool when they are closed after a clean run. One that died while it was kept
 * is replaced once by a new one, unless something was heard over it. Only for asking, which may be done twice: a change
 * always opens its own connection.
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
      const kept = take(key);
      let session = kept ?? (await transport.open(node, signal));
      let mayBeDead = kept !== undefined;
      let healthy = true;
      const runAgain = async (request: RunRequest, runSignal: AbortSignal): Promise<RunEnd> => {
        void session.close().catch(() => undefined);
        const opened = await orRefused(transport.open(node, runSignal));
        if ('kind' in opened) return opened;
        session = opened;
        return session.run(request, runSignal);
      };
      return {
        // The transport learns more of the peer while it runs, such as how it became root.
        get peer() {
          return session.peer;
        },
        run: async (request, runSignal) => {
          healthy = false;
          const started = now();
          const first = overheard(request);
          const again = mayBeDead;
          mayBeDead = false;
          let end = await session.run(first.request, runSignal);
          if (again && end.kind === 'lost' && !first.answered()) {
            const deadlineMs = Math.max(1, request.deadlineMs - (now() - started));
            end = await runAgain({ ...request, deadlineMs }, runSignal);
          }
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
