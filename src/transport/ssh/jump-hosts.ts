import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { CancelledError, ConnectError } from '../../domain/errors.js';
import type { UnknownHostKey } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import { SHEDDING_WAITS_MS, withBackOff } from './back-off.js';
import { connectHop, type Connection } from './connect.js';
import { connectError } from './errors.js';
import type { SshOptions, Target } from './options.js';
import type { PerHost } from './per-host.js';

/** A jump host's connection while somebody uses it. */
export type Lease = { readonly client: Client; readonly release: () => void };

export type JumpHosts = {
  /** The connection to the last hop of the chain, made when nobody has it open. Rejects with ConnectError or CancelledError. */
  acquire(chain: readonly Target[], node: string, signal: AbortSignal): Promise<Lease>;
};

type Entry = {
  readonly opening: Promise<Connection>;
  readonly stop: AbortController;
  /** The key that ended the attempt, to be told to everybody who waited. */
  unknown: UnknownHostKey | null;
  users: number;
};

/** How long a jump host stays connected after its last user left: nodes of a fleet come one after the other. */
const LINGER_MS = 500;

export const placeOf = ({ host, port }: Target): string =>
  `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;

/**
 * One connection to each jump host for all nodes behind it: a forwarded connection is no session, so MaxSessions does not
 * count it, and a bastion sees one login instead of one a node (MaxStartups, PerSourcePenalties).
 */
export function createJumpHosts(
  perHost: (settings?: Target['settings']) => PerHost,
  tellUnknown: SshOptions['onUnknownHostKey'],
): JumpHosts {
  const entries = new Map<string, Entry>();

  const open = async (
    chain: readonly Target[],
    node: string,
    entry: { unknown: UnknownHostKey | null },
    signal: AbortSignal,
  ): Promise<Connection> => {
    const target = chain.at(-1);
    if (target === undefined) throw new Error('a chain has a hop');
    const before = chain.length > 1 ? await acquire(chain.slice(0, -1), node, signal) : null;
    try {
      const { options, ...lookups } = perHost(target.settings);
      const keyed = {
        ...options,
        onUnknownHostKey: (key: UnknownHostKey) => {
          entry.unknown = key;
        },
      };
      const connect = async (): Promise<Connection> => {
        const through = before === null ? null : await forward(before.client, target, signal);
        const hop = { node, target, where: `jump host ${placeOf(target)}`, through };
        return connectHop(keyed, lookups, hop, signal);
      };
      const waits = options.sheddingWaitsMs ?? SHEDDING_WAITS_MS;
      const connection = await withBackOff(connect, waits, signal);
      connection.client.once('close', () => before?.release());
      return connection;
    } catch (error) {
      before?.release();
      throw error;
    }
  };

  const leave = (key: string, entry: Entry): void => {
    entry.users -= 1;
    if (entry.users > 0) return;
    setTimeout(() => {
      if (entry.users > 0) return;
      if (entries.get(key) === entry) entries.delete(key);
      entry.stop.abort();
      entry.opening.then(
        ({ client }) => client.end(),
        () => undefined,
      );
    }, LINGER_MS);
  };

  const entryOf = (key: string, chain: readonly Target[], node: string): Entry => {
    const known = entries.get(key);
    if (known !== undefined) return known;
    const stop = new AbortController();
    const state = { unknown: null as UnknownHostKey | null };
    const opening = open(chain, node, state, stop.signal);
    const entry: Entry = Object.assign(state, { opening, stop, users: 0 });
    const forget = (): void => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    opening.then(({ client }) => client.once('close', forget), forget);
    entries.set(key, entry);
    return entry;
  };

  const acquire: JumpHosts['acquire'] = async (chain, node, signal) => {
    const key = JSON.stringify(chain);
    const entry = entryOf(key, chain, node);
    entry.users += 1;
    let left = false;
    const release = (): void => {
      if (!left) leave(key, entry);
      left = true;
    };
    try {
      const { client } = await orCancelled(entry.opening, signal);
      return { client, release };
    } catch (error) {
      release();
      if (error instanceof ConnectError && entry.unknown !== null) {
        tellUnknown({ ...entry.unknown, node });
      }
      throw error;
    }
  };
  return { acquire };
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

/** A channel through a jump host. Rejects with ConnectError or CancelledError. */
export function forward(client: Client, target: Target, signal: AbortSignal): Promise<Duplex> {
  const opened = new Promise<Duplex>((resolve, reject) => {
    const refuse = (text: string): void => {
      reject(
        connectError(
          'no-route',
          `${placeOf(target)}: the jump host did not connect to it (${visibleLine(text, 120)})`,
          'Check that the jump host reaches the node and allows forwarding (AllowTcpForwarding).',
        ),
      );
    };
    try {
      client.forwardOut('127.0.0.1', 0, target.host, target.port, (error, channel) => {
        if (error === undefined) resolve(channel);
        else refuse(error.message);
      });
    } catch (error) {
      refuse(error instanceof Error ? error.message : 'not connected');
    }
  });
  return orCancelled(opened, signal);
}
