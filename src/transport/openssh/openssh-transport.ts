import { execFile } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import type { PeerRecord } from '../../domain/evidence.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { postQuantumOf } from '../../domain/session-record.js';
import type { Session, Transport, UnknownHostKey } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import { SHEDDING_WAITS_MS, withBackOff } from '../ssh/back-off.js';
import { createSharedHops } from '../shared-hops.js';
import { placeOf } from '../ssh/jump-hosts.js';
import type { Route, Target } from '../ssh/options.js';
import { createPerHost } from '../ssh/per-host.js';
import { refuseStrange, routeOf } from '../ssh/route.js';
import { createShell } from '../ssh/shell.js';
import type { Privilege } from '../ssh/sudo.js';
import type { Through } from './command-line.js';
import { openMaster, type Master } from './master.js';
import type { OpenSshOptions } from './options.js';
import { sweepFolders } from './private-folder.js';
import { runnerOver } from './run-command.js';

/**
 * Nodes by the user's own ssh: whatever it can do (certificates, security keys, PKCS#11, Kerberos, post-quantum key
 * exchange), one shared connection a node. Host keys, prompts and root are handled as over ssh2.
 */
export function createOpenSshTransport(options: OpenSshOptions): Transport {
  const perHost = createPerHost(options);
  const passphrases = new Map<string, Promise<string | null>>();
  let asked: Promise<number> | undefined;

  const connect = async (
    target: Target,
    at: { readonly node: string; readonly where: string; readonly through: Through | null },
    tell: (key: UnknownHostKey) => void,
    signal: AbortSignal,
  ): Promise<Master> => {
    const version = await (asked ??= versionOf(options));
    const { options: merged, knownHosts } = perHost(target.settings);
    const own: OpenSshOptions = { ...options, ...merged, onUnknownHostKey: tell };
    // KnownHostsCommand came with 8.5.
    const keyCommand = version >= 805 && !hasKeyCommand(target);
    const hop = { ...at, target, keyCommand, version };
    return openMaster(own, { knownHosts, passphrases }, hop, signal);
  };

  const acquire = createSharedHops<Master>(
    {
      open: (target, node, before, tell, signal) => {
        const where = `jump host ${placeOf(target)}`;
        return connect(target, { node, where, through: before }, tell, signal);
      },
      onClose: (master, listener) => {
        master.onClose(listener);
      },
      close: (master) => void master.close(),
    },
    options.onUnknownHostKey,
  );

  const openThrough = async (
    node: InventoryNode,
    route: Route,
    signal: AbortSignal,
  ): Promise<Master> => {
    const { jump, ...target } = route;
    const lease = await acquire(jump, node.name, signal);
    const at = {
      node: node.name,
      where: placeOf(target),
      through: lease?.connection ?? null,
    };
    try {
      const master = await withBackOff(
        () => connect(target, at, options.onUnknownHostKey, signal),
        options.sheddingWaitsMs ?? SHEDDING_WAITS_MS,
        signal,
      );
      master.onClose(() => lease?.release());
      return master;
    } catch (error) {
      lease?.release();
      throw error;
    }
  };

  let swept = false;
  return {
    open: async (node, signal) => {
      // One signal stops a whole fleet: as many listeners as nodes are no leak.
      setMaxListeners(0, signal);
      if (!swept) sweepFolders(options.runtimeFolders);
      swept = true;
      const route = await (options.resolve ?? routeOf(options.defaultUser))(node);
      for (const target of [...route.jump, route]) {
        refuseStrange(target);
        refuseStrange({ ...target, host: target.asked ?? target.host });
      }
      return sessionOf(options, node, route, await openThrough(node, route, signal));
    },
  };
}

const hasKeyCommand = ({ settings }: Target): boolean =>
  settings?.needsOpenSsh?.some((why) => why.includes('KnownHostsCommand')) === true;

/** 902 for OpenSSH 9.2. What says no version of OpenSSH is taken for the oldest that knows all we ask for. */
function versionOf({ ssh, environment }: OpenSshOptions): Promise<number> {
  return new Promise((resolve) => {
    execFile(ssh, ['-V'], { env: { ...environment }, timeout: 5_000 }, (_error, out, text) => {
      const [, major, minor] = /OpenSSH_(\d+)\.(\d+)/.exec(`${text}${out}`) ?? [];
      const version = Number(major) * 100 + Number(minor);
      resolve(Number.isNaN(version) ? 807 : version);
    });
  });
}

function sessionOf(
  options: OpenSshOptions,
  node: InventoryNode,
  route: Route,
  master: Master,
): Session {
  const runner = runnerOver(options, master, route);
  const shell = createShell(options, node.name, route.user, runner, master.hostKey?.trustedBy);
  return {
    get peer(): PeerRecord {
      return describePeer(route, master, shell.privilege());
    },
    run: shell.run,
    close: master.close,
  };
}

function describePeer(route: Route, master: Master, privilege: Privilege | undefined): PeerRecord {
  const { address, serverVersion, algorithms, authMethod, authKey } = master.facts;
  const hostKey = master.hostKey ?? keyOf(master);
  return {
    transport: 'openssh',
    host: route.host,
    port: route.port,
    user: route.user,
    algorithms,
    ...postQuantumOf(algorithms),
    ...(address === undefined ? {} : { address }),
    ...(hostKey === undefined ? {} : { hostKey }),
    ...(serverVersion === undefined ? {} : { serverVersion }),
    ...(authMethod === undefined ? {} : { authMethod }),
    ...(authKey === undefined ? {} : { authKey }),
    ...(privilege === undefined ? {} : { privilege }),
  };
}

/** The key as ssh tells it, where ours does not know it: a certificate, or a key that DNS or a program vouched for. */
function keyOf({ facts }: Master): PeerRecord['hostKey'] {
  return facts.hostKey === undefined
    ? undefined
    : { ...facts.hostKey, trustedBy: visibleLine(facts.trustedBy ?? 'ssh', 300) };
}
