import { setMaxListeners } from 'node:events';
import type { Client } from 'ssh2';
import { ConnectError } from '../../domain/errors.js';
import type { PeerRecord } from '../../domain/evidence.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { postQuantumOf } from '../../domain/session-record.js';
import type { Session, Transport } from '../../domain/transport.js';
import { reason } from '../../domain/reason.js';
import { visibleLine } from '../../domain/visible.js';
import type { AcquireHop } from '../shared-hops.js';
import { missingAlgorithms } from './algorithms.js';
import { SHEDDING_WAITS_MS, withBackOff } from './back-off.js';
import { connectHop, type Connection } from './connect.js';
import { createJumpHosts, forward, placeOf } from './jump-hosts.js';
import type { Route, SshOptions, Target } from './options.js';
import { createPerHost, type PerHost } from './per-host.js';
import { refuseStrange, routeOf } from './route.js';
import { runnerOf } from './run.js';
import { createShell } from './shell.js';
import type { Privilege } from './sudo.js';

const CLOSE_LIMIT_MS = 2_000;

/** Nodes over SSH with ssh2. One connection a session; through jump hosts, one a hop. */
export function createSshTransport(options: SshOptions): Transport {
  const perHost = createPerHost(options);
  const acquire = createJumpHosts(perHost, options.onUnknownHostKey);
  const told = new Set<string>();
  // Once for all hosts that share the line.
  const tellIgnored = ({ settings }: Target): void => {
    for (const what of settings?.ignored ?? []) {
      if (!told.has(what)) options.onWarning?.(visibleLine(`not honoured: ${what}`, 200));
      told.add(what);
    }
  };
  return {
    open: async (node, signal) => {
      // One signal stops a whole fleet: as many listeners as nodes are no leak.
      setMaxListeners(0, signal);
      const route = await (options.resolve ?? routeOf(options.defaultUser))(node);
      for (const target of [...route.jump, route]) {
        refuseUnable(target);
        tellIgnored(target);
      }
      const way = await connectThrough(perHost, acquire, node, route, signal);
      return sessionOf(options, node, route, way);
    },
  };
}

function refuseUnable(target: Target): void {
  refuseStrange(target);
  const { needsOpenSsh = [], algorithms } = target.settings ?? {};
  const needs = [...needsOpenSsh, ...missingAlgorithms(algorithms)];
  if (needs.length === 0) return;
  const asks = `its SSH configuration asks for ${visibleLine(needs.join(', '), 300)}`;
  throw new ConnectError(
    reason('no-login', `${placeOf(target)}: ${asks}, which only the ssh command can do`),
    'Use --transport openssh, which runs your own ssh.',
    needs,
  );
}

/** The node's own connection, and what lets go of the jump host in front of it. */
type Way = { readonly connection: Connection; readonly release: () => void };

async function connectThrough(
  perHost: (settings?: Target['settings']) => PerHost,
  acquire: AcquireHop<Client>,
  node: InventoryNode,
  route: Route,
  signal: AbortSignal,
): Promise<Way> {
  const { jump, ...target } = route;
  const lease = await acquire(jump, node.name, signal);
  const release = (): void => lease?.release();
  try {
    const { options, ...lookups } = perHost(target.settings);
    const last = jump.at(-1);
    const by = last === undefined ? undefined : `the jump host ${placeOf(last)}`;
    const connect = async (): Promise<Connection> => {
      const through = lease === null ? null : await forward(lease.connection, target, signal, by);
      const hop = { node: node.name, target, where: placeOf(target), through };
      return connectHop(options, lookups, hop, signal);
    };
    const waits = options.sheddingWaitsMs ?? SHEDDING_WAITS_MS;
    return { connection: await withBackOff(connect, waits, signal), release };
  } catch (error) {
    release();
    throw error;
  }
}

function sessionOf(
  options: SshOptions,
  node: InventoryNode,
  route: Route,
  { connection, release }: Way,
): Session {
  const shell = createShell(
    options,
    node.name,
    route.user,
    runnerOf(connection.client),
    connection.hostKey?.trustedBy,
  );
  return {
    get peer(): PeerRecord {
      return describePeer(route, connection, shell.privilege());
    },
    run: (request, signal) =>
      connection.isClosed() ? Promise.resolve({ kind: 'lost' }) : shell.run(request, signal),
    close: async () => {
      await closeClient(connection);
      release();
    },
  };
}

function describePeer(
  route: Route,
  connection: Connection,
  privilege: Privilege | undefined,
): PeerRecord {
  const { address, serverVersion, hostKey, algorithms, auth } = connection;
  return {
    transport: 'ssh2',
    host: route.host,
    port: route.port,
    user: route.user,
    algorithms,
    ...postQuantumOf(algorithms),
    ...auth,
    ...(address === undefined ? {} : { address }),
    ...(hostKey === undefined ? {} : { hostKey }),
    ...(serverVersion === undefined ? {} : { serverVersion }),
    ...(privilege === undefined ? {} : { privilege }),
  };
}

function closeClient(connection: Connection): Promise<void> {
  if (connection.isClosed()) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      connection.client.destroy();
      resolve();
    }, CLOSE_LIMIT_MS);
    connection.client.once('close', done);
    connection.client.end();
  });
}
