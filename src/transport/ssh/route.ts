import type { ConnectError } from '../../domain/errors.js';
import { readHop } from '../../domain/hop.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { visibleLine } from '../../domain/visible.js';
import { connectError } from './errors.js';
import type { Route, Target } from './options.js';

const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.:%-]{0,254}$|^::?[A-Fa-f0-9:.%a-z]*$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}$/;

/** The route that the inventory itself names. Throws ConnectError for a hop that cannot be read. */
export function routeOf(defaultUser: string): (node: InventoryNode) => Promise<Route> {
  return (node) => {
    const jump = (node.jump ?? []).map((hop) => parseHop(hop, defaultUser));
    const { host, port = 22, user = defaultUser } = node;
    return Promise.resolve({ host, port, user, jump });
  };
}

function parseHop(text: string, defaultUser: string): Target {
  const hop = readHop(text);
  if (hop === null) throw strange('jump host', text);
  return { port: 22, user: defaultUser, ...hop };
}

/** Throws ConnectError for what no host, user or port is, before any of it reaches a command line or a socket. */
export function refuseStrange(target: Target): void {
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
