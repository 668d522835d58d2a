import { ConnectError } from '../../domain/errors.js';
import type { InventoryNode } from '../../domain/inventory.js';
import type { Transport, UnknownHostKey } from '../../domain/transport.js';
import type { AccessEvent, FleetPort } from '../../session/ports.js';
import type { AccessSettings } from '../../session/state.js';
import { createLocalTransport } from '../../transport/local.js';
import { createHostKeyPins, type HostKeyPins } from '../../transport/ssh/host-key-pins.js';
import type { CommonOptions } from '../options.js';
import { askWhatCan, routed } from '../wiring/asker.js';
import { eachNode } from '../wiring/each-node.js';
import { clock } from '../wiring/run.js';
import type { SecretKeeper } from '../wiring/secrets.js';
import { privilegeOf } from './privilege.js';
import { createSessionPool, type SessionPool } from './session-pool.js';

type KeyListener = (key: UnknownHostKey) => void;

/** Makes the transport for the settings of the Access step. */
export type TransportFactory = (
  settings: AccessSettings,
  pins: HostKeyPins,
  onUnknownHostKey: KeyListener,
) => Transport;

/** The real thing: this machine without SSH, everything else by ssh2. */
export const wizardTransport =
  (options: CommonOptions, keeper: SecretKeeper): TransportFactory =>
  (settings, pins, onUnknownHostKey) =>
    routed(createLocalTransport(), async () => {
      // Loaded when a node needs it: the first screen does not.
      const { sshTransport } = await import('../wiring/ssh.js');
      return sshTransport(
        {
          ...options,
          identity: settings.identityFiles,
          hostKey: settings.hostKey,
          become: settings.become,
        },
        {
          pins,
          broker: keeper.broker,
          onUnknownHostKey,
          interactive: true,
          screens: true,
          ...(settings.user === '' ? {} : { defaultUser: settings.user }),
        },
      );
    });

export type Fleet = {
  readonly port: FleetPort;
  /** A connection of its own for a change. */
  readonly transportFor: (settings: AccessSettings) => Transport;
};

/** Reaches nodes for the wizard; connections are shared between looking and surveying while the settings stay the same. */
export function createFleet(
  options: Pick<CommonOptions, 'concurrency' | 'timeout' | 'becomeShell'>,
  factory: TransportFactory,
  onNoPrivilege: () => void,
): Fleet {
  const pins = createHostKeyPins();
  const listeners = new Map<string, KeyListener>();
  let made:
    { readonly key: string; readonly transport: Transport; readonly pool: SessionPool } | undefined;

  const current = (settings: AccessSettings): NonNullable<typeof made> => {
    const key = JSON.stringify(settings);
    if (made?.key === key) return made;
    void made?.pool.closeAll();
    const transport = factory(settings, pins, (unknown) => listeners.get(unknown.node)?.(unknown));
    made = { key, transport, pool: createSessionPool(transport, clock.monotonic) };
    return made;
  };

  const look = async (
    node: InventoryNode,
    settings: AccessSettings,
    onEvent: (event: AccessEvent) => void,
    signal: AbortSignal,
  ): Promise<void> => {
    const name = node.name;
    let unknown: UnknownHostKey | undefined;
    listeners.set(name, (key) => {
      unknown = key;
    });
    onEvent({ kind: 'connecting', node: name });
    try {
      const session = await current(settings).pool.open(node, signal);
      const privilege = await privilegeOf(session, settings.become, signal);
      await session.close();
      onEvent({ kind: 'open', node: name, peer: session.peer, privilege });
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      if (unknown !== undefined) onEvent({ kind: 'host-key', node: name, key: unknown });
      else onEvent({ kind: 'failed', node: name, reason: error.reason, nextStep: error.nextStep });
    } finally {
      listeners.delete(name);
    }
  };

  const port: FleetPort = {
    access: (nodes, settings, onEvent, signal) =>
      eachNode(nodes, options.concurrency, signal, (node) => look(node, settings, onEvent, signal)),
    acceptHostKeys: (keys) => {
      for (const key of keys) pins.accept(key);
    },
    survey: async (nodes, intent, settings, onProgress, signal) => {
      const evidence = await askWhatCan(nodes, intent, {
        become: settings.become,
        // With sudo chosen, a password may be needed, and then the whole text runs as root (design 4.1).
        becomeShell: options.becomeShell === true || settings.become === 'sudo',
        concurrency: options.concurrency,
        timeout: options.timeout,
        transport: current(settings).pool,
        signal,
        onProgress,
      });
      if (evidence.some(({ unreached }) => unreached?.startsWith('no-privilege:'))) onNoPrivilege();
      return evidence;
    },
    close: async () => {
      await made?.pool.closeAll();
    },
  };
  return { port, transportFor: (settings) => current(settings).transport };
}
