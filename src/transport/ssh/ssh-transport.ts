import { setMaxListeners } from 'node:events';
import { CancelledError, ConnectError } from '../../domain/errors.js';
import type { PeerRecord } from '../../domain/evidence.js';
import type { InventoryNode } from '../../domain/inventory.js';
import type { Session, Transport } from '../../domain/transport.js';
import { reason } from '../../domain/reason.js';
import { visibleLine } from '../../domain/visible.js';
import { missingAlgorithms } from './algorithms.js';
import { runAsRoot } from './become.js';
import { SHEDDING_WAITS_MS, withBackOff } from './back-off.js';
import { connectHop, type Connection } from './connect.js';
import { connectError } from './errors.js';
import { createJumpHosts, forward, placeOf, type JumpHosts } from './jump-hosts.js';
import type { Ask } from './key-ring.js';
import type { Route, SshOptions, Target } from './options.js';
import { createPerHost, type PerHost } from './per-host.js';
import { runAsLogin } from './run.js';
import type { Privilege } from './sudo.js';

const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.:%-]{0,254}$|^::?[A-Fa-f0-9:.%a-z]*$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}$/;
const CLOSE_LIMIT_MS = 2_000;

/** Nodes over SSH with ssh2. One connection a session; through jump hosts, one a hop. */
export function createSshTransport(options: SshOptions): Transport {
  const perHost = createPerHost(options);
  const jumpHosts = createJumpHosts(perHost, options.onUnknownHostKey);
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
      const way = await connectThrough(perHost, jumpHosts, node, route, signal);
      return sessionOf(options, node, route, way);
    },
  };
}

/** The route that the inventory itself names. Throws ConnectError for a hop that cannot be read. */
function routeOf(defaultUser: string): (node: InventoryNode) => Promise<Route> {
  return (node) => {
    const jump = (node.jump ?? []).map((hop) => parseHop(hop, defaultUser));
    const { host, port = 22, user = defaultUser } = node;
    return Promise.resolve({ host, port, user, jump });
  };
}

/** `[user@]host[:port]`, IPv6 in brackets. */
function parseHop(text: string, defaultUser: string): Target {
  const match = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[2] ?? match?.[3];
  if (host === undefined) throw strange('jump host', text);
  return { host, port: Number(match?.[4] ?? 22), user: match?.[1] ?? defaultUser };
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

function refuseStrange(target: Target): void {
  if (!HOST.test(target.host)) throw strange('host', target.host);
  if (!USER.test(target.user)) throw strange('user name', target.user);
  if (target.port < 1 || target.port > 65_535) throw strange('port', String(target.port));
}

const strange = (what: string, text: string): ConnectError =>
  connectError(
    'no-route',
    `${visibleLine(text, 80)} is no ${what} that can be connected to`,
    'Correct it in the inventory.',
  );

/** The node's own connection, and what lets go of the jump host in front of it. */
type Way = { readonly connection: Connection; readonly release: () => void };

async function connectThrough(
  perHost: (settings?: Target['settings']) => PerHost,
  jumpHosts: JumpHosts,
  node: InventoryNode,
  route: Route,
  signal: AbortSignal,
): Promise<Way> {
  const { jump, ...target } = route;
  const lease = jump.length === 0 ? null : await jumpHosts.acquire(jump, node.name, signal);
  const release = (): void => lease?.release();
  try {
    const { options, ...lookups } = perHost(target.settings);
    const connect = async (): Promise<Connection> => {
      const through = lease === null ? null : await forward(lease.client, target, signal);
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
  let privilege: Privilege | undefined;
  const ask = (signal: AbortSignal): Ask => {
    return (request) =>
      options.broker.ask({ node: node.name, ...request }, signal).catch(() => {
        if (signal.aborted) throw new CancelledError('cancelled');
        return null;
      });
  };
  return {
    get peer(): PeerRecord {
      return describePeer(route, connection, privilege);
    },
    run: async (request, signal) => {
      if (connection.isClosed()) return { kind: 'lost' };
      if (request.runAs === 'login') return runAsLogin(connection.client, request, signal);
      const ran = await runAsRoot(connection.client, request, signal, {
        become: options.become ?? 'auto',
        ask: ask(signal),
        who: `${route.user} at ${node.name}`,
        privilege,
      });
      privilege = ran.privilege ?? privilege;
      return ran.end;
    },
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
