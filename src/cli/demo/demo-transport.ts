import { ConnectError } from '../../domain/errors.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { reason } from '../../domain/reason.js';
import type { Transport } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import type { HostKeyPins } from '../../transport/ssh/host-key-pins.js';
import type { Route } from '../../transport/ssh/options.js';
import { DEMO_HOST, DEMO_USER, REFUSING_NODE } from './fleet.js';
import type { DemoServers } from './server.js';

/** The demo's nodes behind the real SSH transport. */
export type DemoFleet = {
  /** Reaches the nodes of the demo and nothing else. The keys of its servers are pinned in `pins`. */
  readonly transport: (pins: HostKeyPins) => Transport;
  /** Stops the servers. */
  readonly close: () => Promise<void>;
};

/**
 * Nobody listens at tcpmux; and as no connection begins at so low a port, none can meet itself there, which on the
 * loopback address a connection to a port of the ephemeral range can.
 */
const NOBODY_LISTENS = 1;

function routeOf(node: InventoryNode, servers: DemoServers['servers']): Route {
  const port =
    node.name === REFUSING_NODE
      ? NOBODY_LISTENS
      : servers.find(({ name }) => name === node.name)?.port;
  if (node.host !== DEMO_HOST || port === undefined) {
    throw new ConnectError(
      reason('no-route', `the demo has no node ${visibleLine(node.name, 80)} at ${node.host}`),
      'Leave the demo, and start calico-ready to reach machines of your own.',
    );
  }
  return { host: DEMO_HOST, port, user: DEMO_USER, jump: [] };
}

/**
 * Nothing is loaded or started before the first node is opened, so that the first screen does not wait for it. The
 * user's keys, agent, SSH configuration and known hosts are neither read nor written.
 */
export function createDemoFleet(options: { readonly answerMs: number }): DemoFleet {
  let started: Promise<DemoServers> | undefined;
  const start = async (): Promise<DemoServers> => {
    const [{ startDemoServers }, { RECORDINGS }] = await Promise.all([
      import('./server.js'),
      import('./recordings.js'),
    ]);
    return startDemoServers(RECORDINGS, options);
  };

  const open = async (pins: HostKeyPins): Promise<Transport> => {
    started ??= start();
    const { servers, password } = await started;
    const { createSshTransport } = await import('../../transport/ssh/ssh-transport.js');
    for (const { port, hostKey } of servers) pins.accept({ host: DEMO_HOST, port, key: hostKey });
    return createSshTransport({
      defaultUser: DEMO_USER,
      identityFiles: [],
      agentSocket: undefined,
      knownHostsFiles: { user: [], system: [], write: null },
      hostKeyPolicy: 'strict',
      pins,
      onUnknownHostKey: () => undefined,
      broker: { ask: ({ kind }) => Promise.resolve(kind === 'password' ? password : null) },
      resolve: (node) => Promise.resolve().then(() => routeOf(node, servers)),
    });
  };

  return {
    transport: (pins) => {
      let made: Promise<Transport> | undefined;
      return {
        open: async (node, signal) => {
          made ??= open(pins);
          return (await made).open(node, signal);
        },
      };
    },
    close: async () => {
      await (await started?.catch(() => undefined))?.close();
    },
  };
}
