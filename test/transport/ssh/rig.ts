import { join } from 'node:path';
import { ConnectError } from '../../../src/domain/errors.js';
import type { InventoryNode } from '../../../src/domain/inventory.js';
import type {
  RunEnd,
  RunRequest,
  SecretRequest,
  Session,
  UnknownHostKey,
} from '../../../src/domain/transport.js';
import { createHostKeyPins } from '../../../src/transport/ssh/host-key-pins.js';
import type { SshOptions } from '../../../src/transport/ssh/options.js';
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.js';

export const never = new AbortController().signal;

export const nodeAt = (port: number, user = 'root', host = '127.0.0.1'): InventoryNode => ({
  name: 'n1',
  host,
  port,
  user,
  roles: [],
});

export type Rig = {
  readonly options: SshOptions;
  readonly unknown: UnknownHostKey[];
  readonly asked: SecretRequest[];
  readonly warnings: string[];
  readonly open: (node: InventoryNode, signal?: AbortSignal) => Promise<Session>;
  /** The ConnectError of an open that must fail. */
  readonly failure: (node: InventoryNode) => Promise<ConnectError>;
};

/** A transport with everything recorded; `answers` are given to the broker's questions one by one, then null. */
export function rig(
  folder: string,
  change: Partial<SshOptions> = {},
  answers: readonly (string | null)[] = [],
): Rig {
  const unknown: UnknownHostKey[] = [];
  const asked: SecretRequest[] = [];
  const warnings: string[] = [];
  const left = [...answers];
  const file = join(folder, 'known_hosts');
  const options: SshOptions = {
    defaultUser: 'root',
    identityFiles: [],
    agentSocket: undefined,
    knownHostsFiles: { user: [file], system: [], write: file },
    hostKeyPolicy: 'accept-new',
    // No test waits for a server that sheds connections, but those that are about it.
    sheddingWaitsMs: [],
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
  const transport = createSshTransport(options);
  const open: Rig['open'] = (node, signal = never) => transport.open(node, signal);
  return {
    options,
    unknown,
    asked,
    warnings,
    open,
    failure: async (node) => {
      const result = await open(node).then(
        async (session) => {
          await session.close();
          return null;
        },
        (error: unknown) => error,
      );
      if (result instanceof ConnectError) return result;
      throw new Error(`expected a ConnectError, got ${String(result)}`);
    },
  };
}

export type Ran = { readonly end: RunEnd; readonly stdout: Buffer; readonly stderr: Buffer };

/** Runs a script and collects what it printed. */
export async function run(
  session: Session,
  script: string,
  change: Partial<RunRequest> = {},
  signal: AbortSignal = never,
): Promise<Ran> {
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const end = await session.run(
    {
      script,
      deadlineMs: 20_000,
      maxStdout: 20_000_000,
      maxStderr: 20_000_000,
      runAs: 'login',
      onStdout: (chunk) => stdout.push(chunk),
      onStderr: (chunk) => stderr.push(chunk),
      ...change,
    },
    signal,
  );
  return { end, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
}
