import { makeHostKey } from '../../src/cli/demo/host-key.js';
import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Algorithms, AuthContext, Connection, ServerChannel } from 'ssh2';

/** What a scripted node does with a script it was sent; the channel is its to end. */
export type Reply = (channel: ServerChannel, script: string, connection: FakeConnection) => void;

export type FakeConnection = {
  /** Breaks the TCP connection at once. */
  readonly reset: () => void;
};

export type FakeNodeOptions = {
  /** Private host keys in OpenSSH or PEM format; default: a fresh Ed25519 key. */
  readonly hostKeys?: readonly (string | { readonly key: string })[];
  /** Answers each login attempt; default: everybody with any key or password may enter. */
  readonly onAuth?: (context: AuthContext) => void;
  /** How a command is answered once its standard input has ended; default: prints nothing, exits 0. */
  readonly reply?: Reply;
  /** Told each command before its input. Return false to refuse it. */
  readonly onExec?: (command: string) => boolean;
  /** Answers a command before its input has ended; undefined: `reply` answers it. */
  readonly atOnce?: (command: string) => Reply | undefined;
  /** Refuse every session channel. */
  readonly refuseSessions?: boolean;
  /** Text before the login, as sshd's Banner. */
  readonly banner?: string;
  /** What it offers, in place of what ssh2 does by itself. */
  readonly algorithms?: Algorithms;
};

export type FakeNode = {
  readonly port: number;
  /** Commands as they were asked for. */
  readonly commands: readonly string[];
  /** What arrived on standard input of each command. */
  readonly scripts: readonly string[];
  /** Every byte of standard input that ever arrived. */
  readonly input: () => string;
  readonly stop: () => Promise<void>;
};

/** A node played by an SSH server in this process: no shell, no files, only what the test scripts. */
export async function startFakeNode(options: FakeNodeOptions = {}): Promise<FakeNode> {
  const commands: string[] = [];
  const scripts: string[] = [];
  const input: Buffer[] = [];
  const open = new Set<Connection>();
  const hostKeys = options.hostKeys ?? [makeHostKey().private];
  const config = {
    hostKeys: [...hostKeys],
    ...(options.banner === undefined ? {} : { banner: options.banner }),
    ...(options.algorithms === undefined ? {} : { algorithms: options.algorithms }),
  };
  const server = new ssh2.Server(config, (client) => {
    open.add(client);
    client.on('error', () => undefined);
    client.on('close', () => open.delete(client));
    client.on('authentication', options.onAuth ?? acceptAnybody);
    client.on('session', (accept, reject) => {
      if (options.refuseSessions === true) {
        reject();
        return;
      }
      const session = accept();
      session.on('exec', (acceptExec, rejectExec, { command }) => {
        commands.push(command);
        if (options.onExec?.(command) === false) {
          rejectExec();
          return;
        }
        const channel = acceptExec();
        channel.on('data', (chunk: Buffer) => input.push(chunk));
        const quick = options.atOnce?.(command);
        if (quick !== undefined) quick(channel, '', { reset: () => socketOf(client)?.destroy() });
        else answer(channel, client, options.reply ?? exitWith(0), scripts);
      });
    });
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  return {
    port,
    commands,
    scripts,
    input: () => Buffer.concat(input).toString(),
    stop: () =>
      new Promise((resolve) => {
        for (const client of open) socketOf(client)?.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function answer(channel: ServerChannel, client: Connection, reply: Reply, scripts: string[]): void {
  const chunks: Buffer[] = [];
  channel.on('data', (chunk: Buffer) => chunks.push(chunk));
  channel.on('error', () => undefined);
  channel.on('end', () => {
    const script = Buffer.concat(chunks).toString();
    scripts.push(script);
    reply(channel, script, { reset: () => socketOf(client)?.destroy() });
  });
}

/** ssh2's server hands out no socket; breaking the connection needs it. */
const socketOf = (client: Connection): Socket | undefined =>
  (client as unknown as { _sock?: Socket })._sock;

export function acceptAnybody(context: AuthContext): void {
  if (context.method === 'none') context.reject(['publickey', 'password']);
  else context.accept();
}

/** Prints these bytes in chunks of a size, then exits. */
export function exitWith(code: number, stdout: string | Buffer = '', chunk = 65_536): Reply {
  return (channel) => {
    const bytes = Buffer.from(stdout);
    for (let at = 0; at < bytes.length; at += chunk) channel.write(bytes.subarray(at, at + chunk));
    channel.exit(code);
    channel.end();
  };
}
