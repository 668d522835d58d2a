import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { visibleLine } from '../../domain/visible.js';
import { createSharedHops, orCancelled, type AcquireHop } from '../shared-hops.js';
import { SHEDDING_WAITS_MS, withBackOff } from './back-off.js';
import { connectHop, type Connection } from './connect.js';
import { connectError } from './errors.js';
import type { SshOptions, Target } from './options.js';
import type { PerHost } from './per-host.js';

export const placeOf = ({ host, port }: Target): string =>
  `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;

/** Jump hosts over ssh2, shared by all nodes behind them. */
export const createJumpHosts = (
  perHost: (settings?: Target['settings']) => PerHost,
  tellUnknown: SshOptions['onUnknownHostKey'],
): AcquireHop<Client> =>
  createSharedHops(
    {
      open: async (target, node, before, tell, signal) => {
        const { options, ...lookups } = perHost(target.settings);
        const connect = async (): Promise<Connection> => {
          const through = before === null ? null : await forward(before, target, signal);
          const hop = { node, target, where: `jump host ${placeOf(target)}`, through };
          return connectHop({ ...options, onUnknownHostKey: tell }, lookups, hop, signal);
        };
        const waits = options.sheddingWaitsMs ?? SHEDDING_WAITS_MS;
        return (await withBackOff(connect, waits, signal)).client;
      },
      onClose: (client, listener) => client.once('close', listener),
      close: (client) => client.end(),
    },
    tellUnknown,
  );

/** ssh2 puts this in front of what the server says, which may be nothing. */
const PREAMBLE = /^\(SSH\) Channel open failure: ?/;

/** A channel through a jump host, `by`. Rejects with ConnectError or CancelledError. */
export function forward(
  client: Client,
  target: Target,
  signal: AbortSignal,
  by = 'the jump host',
): Promise<Duplex> {
  const opened = new Promise<Duplex>((resolve, reject) => {
    const refuse = (text: string): void => {
      const said = visibleLine(text.replace(PREAMBLE, ''), 120);
      reject(
        connectError(
          'no-route',
          `${placeOf(target)}: ${by} did not connect to it${said === '' ? '' : ` (${said})`}`,
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
