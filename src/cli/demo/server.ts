import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ServerChannel } from 'ssh2';
import { DEMO_HOST, DEMO_USER } from './fleet.js';
import { makeHostKey } from './host-key.js';
import { createRecordedNode, type RecordedNode, type Reply } from './recorded-node.js';
import type { NodeRecording } from './recording.js';

/** One node's SSH server, listening. */
export type DemoServer = {
  readonly name: string;
  readonly port: number;
  /** Base64 of the public host key. */
  readonly hostKey: string;
};

export type DemoServers = {
  readonly servers: readonly DemoServer[];
  /** What the servers take; made for this run. */
  readonly password: string;
  readonly close: () => Promise<void>;
};

export type ServerOptions = {
  /** Milliseconds that a whole answer takes, in even steps; none where nobody watches. */
  readonly answerMs: number;
};

const LOGIN_SHELL = 'exec /bin/sh -s';
const ROOT_SHELL = 'exec env LC_ALL=C sudo -n -- /bin/sh -s';
/** The transport's word that sudo has let it in (transport/ssh/sudo.ts). */
const ENTERED = /^printf %s%s ([0-9a-f]{16}) ([0-9a-f]{16}) >&2\n/;

/** Several times the longest script there is. */
const MOST_INPUT = 1_048_576;
/** POSIX: found, but cannot be executed. */
const CANNOT_EXECUTE = 126;
const REFUSAL =
  'This is a node of the demo. It plays recordings, and this was not recorded: nothing was run, nothing was changed.\n';

/** Starts one SSH server a recording on the loopback address, each with a host key of its own. */
export async function startDemoServers(
  recordings: readonly NodeRecording[],
  options: ServerOptions,
): Promise<DemoServers> {
  const password = randomBytes(24).toString('base64url');
  const started = await Promise.allSettled(
    recordings.map((recording, index) =>
      // Machines are not equally quick; a fleet in lockstep would not look like one.
      startServer(recording, password, options.answerMs * (1 + index / 3)),
    ),
  );
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const close = async (): Promise<void> => {
    await Promise.all(running.map((one) => one.close()));
  };
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    // A server that goes on listening would keep this process from ending.
    await close();
    throw failed.reason;
  }
  return { servers: running.map(({ server }) => server), password, close };
}

async function startServer(
  recording: NodeRecording,
  password: string,
  answerMs: number,
): Promise<{ readonly server: DemoServer; readonly close: () => Promise<void> }> {
  const key = makeHostKey();
  const node = createRecordedNode(recording);
  const open = new Set<Connection>();
  const listener = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
    open.add(client);
    client.on('error', () => undefined);
    client.on('close', () => open.delete(client));
    client.on('authentication', (context) => {
      letIn(context, password);
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        serve(acceptExec(), command, node, answerMs);
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, DEMO_HOST, resolve);
  });
  const { port } = listener.address() as AddressInfo;
  return {
    server: { name: recording.name, port, hostKey: key.public },
    close: () =>
      new Promise((resolve) => {
        listener.close(() => {
          resolve();
        });
        for (const client of open) socketOf(client)?.destroy();
      }),
  };
}

/** ssh2's server hands out no socket, and a client that stays would keep this process from ending. */
const socketOf = (client: Connection): Socket | undefined =>
  (client as unknown as { readonly _sock?: Socket })._sock;

function letIn(context: AuthContext, password: string): void {
  const right =
    context.method === 'password' &&
    context.username === DEMO_USER &&
    context.password.length === password.length &&
    timingSafeEqual(Buffer.from(context.password), Buffer.from(password));
  if (right) context.accept();
  else context.reject(['password']);
}

/** Takes in the whole of standard input, then answers it. */
function serve(
  channel: ServerChannel,
  command: string,
  node: RecordedNode,
  answerMs: number,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  // Who went away meanwhile hears nothing; that is no error of this process.
  channel.on('error', () => undefined);
  channel.stderr.on('error', () => undefined);
  channel.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MOST_INPUT) chunks.push(chunk);
  });
  channel.on('end', () => {
    const input = size > MOST_INPUT ? '' : Buffer.concat(chunks).toString('utf8');
    void answer(channel, replyTo(channel, command, input, node), answerMs);
  });
}

function replyTo(
  channel: ServerChannel,
  command: string,
  input: string,
  node: RecordedNode,
): Reply | null {
  if (command === LOGIN_SHELL) return node.reply(input, false);
  const entered = ENTERED.exec(input);
  if (command !== ROOT_SHELL || entered === null) return null;
  channel.stderr.write(`${entered[1] ?? ''}${entered[2] ?? ''}`);
  return node.reply(input.slice(entered[0].length), true);
}

async function answer(
  channel: ServerChannel,
  reply: Reply | null,
  answerMs: number,
): Promise<void> {
  const gone = (): boolean => !channel.writable;
  if (gone()) return;
  if (reply === null) channel.stderr.write(REFUSAL);
  const parts = reply?.stdout ?? [];
  for (const part of parts) {
    if (answerMs > 0) await sleep(answerMs / parts.length);
    if (gone()) return;
    channel.write(part);
  }
  channel.exit(reply?.exit ?? CANNOT_EXECUTE);
  channel.end();
}
