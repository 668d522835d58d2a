import { setMaxListeners } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { CancelledError, type ConnectError } from '../../domain/errors.js';
import type { PeerRecord } from '../../domain/evidence.js';
import type { InventoryNode } from '../../domain/inventory.js';
import type { RunEnd, RunRequest, Session, Transport } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import { connectHop, type Connection, type Shared } from './connect.js';
import { connectError } from './errors.js';
import { createKeyRing, type Ask } from './key-ring.js';
import { createKnownHostsReader } from './known-hosts-files.js';
import type { Route, SshOptions, Target } from './options.js';
import { runAsLogin } from './run.js';
import { learnUid, noPrivilege, refusal, runSudo, runSudoPassword, wantsPassword } from './sudo.js';
import type { Privilege } from './sudo.js';

const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.:%-]{0,254}$|^::?[A-Fa-f0-9:.%a-z]*$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}$/;
const CLOSE_LIMIT_MS = 2_000;
/** Learning the login user's uid; a profile that hangs is found here. */
const UID_LIMIT_MS = 30_000;

/** Nodes over SSH with ssh2. One connection a session; through jump hosts, one a hop. */
export function createSshTransport(options: SshOptions): Transport {
  const { user, system } = options.knownHostsFiles;
  const warn = options.onWarning ?? (() => undefined);
  const shared: Shared = {
    ring: createKeyRing(options),
    knownHosts: createKnownHostsReader([...user, ...system], warn),
  };
  return {
    open: async (node, signal) => {
      // One signal stops a whole fleet: as many listeners as nodes are no leak.
      setMaxListeners(0, signal);
      const route = await (options.resolve ?? routeOf(options.defaultUser))(node);
      for (const target of [...route.jump, route]) refuseStrange(target);
      const connections = await connectThrough(options, shared, node, route, signal);
      return sessionOf(options, node, route, connections);
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

async function connectThrough(
  options: SshOptions,
  shared: Shared,
  node: InventoryNode,
  route: Route,
  signal: AbortSignal,
): Promise<readonly Connection[]> {
  const connections: Connection[] = [];
  try {
    for (const target of [...route.jump, route]) {
      const before = connections.at(-1);
      const through = before === undefined ? null : await forward(before.client, target, signal);
      const place = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${String(target.port)}`;
      const where = target === route ? place : `jump host ${place}`;
      const hop = { node: node.name, target, where, through };
      connections.push(await connectHop(options, shared, hop, signal));
    }
    return connections;
  } catch (error) {
    for (const connection of connections.reverse()) connection.client.destroy();
    throw error;
  }
}

function forward(client: Client, target: Target, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const place = `${target.host}:${String(target.port)}`;
    const onAbort = (): void => {
      reject(new CancelledError('cancelled'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    client.forwardOut('127.0.0.1', 0, target.host, target.port, (error, channel) => {
      signal.removeEventListener('abort', onAbort);
      if (error === undefined) {
        resolve(channel);
        return;
      }
      const why = visibleLine(error.message, 120);
      reject(
        connectError(
          'no-route',
          `${place}: the jump host did not connect to it (${why})`,
          'Check that the jump host reaches the node and allows forwarding (AllowTcpForwarding).',
        ),
      );
    });
  });
}

function sessionOf(
  options: SshOptions,
  node: InventoryNode,
  route: Route,
  connections: readonly Connection[],
): Session {
  const connection = connections.at(-1);
  if (connection === undefined) throw new Error('a route has at least its own end');
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
      const ran = await runAsRoot(options, connection.client, request, signal, {
        ask: ask(signal),
        who: `${route.user} at ${node.name}`,
        privilege,
      });
      privilege = ran.privilege ?? privilege;
      return ran.end;
    },
    close: async () => {
      for (const each of [...connections].reverse()) await closeClient(each);
    },
  };
}

async function runAsRoot(
  options: SshOptions,
  client: Client,
  request: RunRequest,
  signal: AbortSignal,
  state: { readonly ask: Ask; readonly who: string; readonly privilege: Privilege | undefined },
): Promise<{ readonly end: RunEnd; readonly privilege?: Privilege }> {
  if (state.privilege === undefined) {
    const learned = await learnUid(client, Math.min(UID_LIMIT_MS, request.deadlineMs), signal);
    if ('end' in learned) return { end: learned.end };
    if (learned.uid === 0) {
      return { end: await runAsLogin(client, request, signal), privilege: 'root-login' };
    }
    if (options.become === 'none') {
      return { end: refusal(noPrivilege('the login user is not root and --become is none')) };
    }
  }
  if (state.privilege === 'root-login') return { end: await runAsLogin(client, request, signal) };
  if (state.privilege !== 'sudo-password') {
    const end = await runSudo(client, request, signal);
    if (end.kind !== 'refused') return { end, privilege: 'sudo' };
    if (!wantsPassword(end)) return { end };
  }
  const end = await runSudoPassword(client, request, signal, state.ask, state.who);
  return end.kind === 'refused' ? { end } : { end, privilege: 'sudo-password' };
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
