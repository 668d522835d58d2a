import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { ConnectError } from '../../../src/domain/errors.js';
import type { InventoryNode } from '../../../src/domain/inventory.js';
import type {
  SecretRequest,
  Session,
  Transport,
  UnknownHostKey,
} from '../../../src/domain/transport.js';
import { createOpenSshTransport } from '../../../src/transport/openssh/openssh-transport.js';
import type { OpenSshOptions } from '../../../src/transport/openssh/options.js';
import { createHostKeyPins } from '../../../src/transport/ssh/host-key-pins.js';
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.js';
import { never } from '../ssh/rig.js';

export type OpenRig = {
  readonly options: OpenSshOptions;
  readonly unknown: UnknownHostKey[];
  readonly asked: SecretRequest[];
  readonly warnings: string[];
  readonly transport: Transport;
  /** Where the private folders are made. */
  readonly runtime: string;
  readonly open: (node: InventoryNode, signal?: AbortSignal) => Promise<Session>;
  /** The ConnectError of an open that must fail. */
  readonly failure: (node: InventoryNode) => Promise<ConnectError>;
};

/** A transport of either kind with everything recorded; `answers` are given to the broker's questions, then null. */
export function openRig(
  folder: string,
  change: Partial<OpenSshOptions> = {},
  answers: readonly (string | null)[] = [],
  kind: 'ssh2' | 'openssh' = 'openssh',
): OpenRig {
  const unknown: UnknownHostKey[] = [];
  const asked: SecretRequest[] = [];
  const warnings: string[] = [];
  const left = [...answers];
  const file = join(folder, 'known_hosts');
  const runtime = join(folder, 'r');
  mkdirSync(runtime, { recursive: true });
  const options: OpenSshOptions = {
    ssh: '/usr/bin/ssh',
    config: '/dev/null',
    identities: change.identityFiles ?? [],
    environment: { PATH: '/usr/bin:/bin', HOME: folder },
    runtimeFolders: [runtime],
    defaultUser: 'root',
    identityFiles: [],
    agentSocket: undefined,
    sheddingWaitsMs: [],
    knownHostsFiles: { user: [file], system: [], write: file },
    hostKeyPolicy: 'accept-new',
    pins: createHostKeyPins(),
    onUnknownHostKey: (key) => unknown.push(key),
    onWarning: (text) => warnings.push(text),
    broker: {
      ask: (request) => {
        asked.push(request);
        return Promise.resolve(left.shift() ?? null);
      },
    },
    ...change,
  };
  const transport = kind === 'ssh2' ? createSshTransport(options) : createOpenSshTransport(options);
  const open: OpenRig['open'] = (node, signal = never) => transport.open(node, signal);
  return {
    options,
    unknown,
    asked,
    warnings,
    transport,
    runtime,
    open,
    failure: async (node) => failureOf(open(node)),
  };
}

export async function failureOf(opening: Promise<Session>): Promise<ConnectError> {
  const result = await opening.then(
    async (session) => {
      await session.close();
      return null;
    },
    (error: unknown) => error,
  );
  if (result instanceof ConnectError) return result;
  throw new Error(`expected a ConnectError, got ${String(result)}`);
}

/** The processes of this machine whose command line holds a word, as pid and command line. */
export const processesNaming = (word: string): readonly (readonly [number, string])[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), commandLineOf(name)] as const)
    .filter(([, line]) => line.includes(word));

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** The process of the shared connection, or of a command over it, below a folder. */
export function sshBelow(runtime: string, which: 'master' | 'client'): number {
  const [found] = processesNaming(runtime).filter(
    ([, line]) => /^\S*ssh /.test(line) && (which === 'master') === / -M -N /.test(line),
  );
  if (found === undefined) throw new Error(`no ${which} of ssh`);
  return found[0];
}

export type SilentPeer = {
  readonly port: number;
  /** Resolves when somebody has connected. */
  readonly connected: Promise<void>;
  readonly stop: () => void;
};

/** A TCP server that is no SSH server: it says this and closes, or says nothing and waits. */
export async function silentPeer(greeting: string): Promise<SilentPeer> {
  const sockets = new Set<Socket>();
  let tell: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (greeting !== '') socket.end(greeting);
    tell();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connected,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
