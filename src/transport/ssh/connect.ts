import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Client, type ConnectConfig } from 'ssh2';
import { CancelledError, type ConnectError } from '../../domain/errors.js';
import { describeAlgorithms, offeredAlgorithms } from './algorithms.js';
import { createLogin, type Login } from './auth.js';
import { passwordExpired, turnedAway } from './auth-failure.js';
import { classify, connectError, timedOut, type Attempt, type Phase } from './errors.js';
import { gatherWrites } from './gather-writes.js';
import { ignoreHostKeyLists } from './host-key-lists.js';
import { guardHostKey, type HostKeyGuard } from './host-keys.js';
import type { Ask, KeyRing } from './key-ring.js';
import type { KnownHostsReader } from './known-hosts-files.js';
import type { SshOptions, Target } from './options.js';
import { createPatience, type Patience } from './patience.js';
import { openProxyCommand } from './proxy-command.js';
import { strictVerifier } from './verifier.js';

const DEFAULT_CONNECT_MS = 15_000;
const DEFAULT_LOGIN_MS = 60_000;
/** Room for the greeting and the server's KEXINIT, which OpenSSH fills with some 1500 bytes. */
const MAX_GREETING = 8192;

/** One server on the way to a node, or the node itself. */
export type Hop = {
  readonly node: string;
  readonly target: Target;
  /** For messages: `host:port`, with the hop named. */
  readonly where: string;
  /** The channel through the hop before; null: a TCP connection of our own. */
  readonly through: Duplex | null;
};

export type Connection = {
  readonly client: Client;
  readonly address: string | undefined;
  readonly serverVersion: string | undefined;
  readonly algorithms: Readonly<Record<string, string>>;
  readonly hostKey: ReturnType<HostKeyGuard['record']>;
  readonly auth: ReturnType<Login['record']>;
  /** True once the connection is gone. */
  readonly isClosed: () => boolean;
};

/** What all connections of a transport look things up in. */
export type Shared = { readonly ring: KeyRing; readonly knownHosts: KnownHostsReader };

/** Connects, verifies the host key and logs in. Rejects with ConnectError, or CancelledError when the signal fires. */
export async function connectHop(
  options: SshOptions,
  { ring, knownHosts }: Shared,
  hop: Hop,
  signal: AbortSignal,
): Promise<Connection> {
  const guard = await guardHostKey(options, knownHosts, hop.node, keyNameOf(hop.target));
  if (signal.aborted) throw new CancelledError('cancelled');
  const stream = hop.through ?? (await openStream(options, hop, signal));
  return login(options, ring, hop, guard, stream, signal);
}

/** sshconnect.c: HostKeyAlias stands for host and port alike. */
const keyNameOf = ({ host, port, settings }: Target): { host: string; port: number } =>
  settings?.hostKeyAlias === undefined ? { host, port } : { host: settings.hostKeyAlias, port: 22 };

function openStream(options: SshOptions, hop: Hop, signal: AbortSignal): Promise<Duplex> | Duplex {
  const command = hop.target.settings?.proxyCommand;
  return command === undefined
    ? openTcp(options, hop, signal)
    : openProxyCommand(command, hop.where);
}

const otherFamily = (where: string, family: number): ConnectError =>
  connectError(
    'no-route',
    `${where}: AddressFamily allows IPv${String(family)} alone, and this is an address of the other kind`,
    'Mend AddressFamily in the SSH configuration, or the address in the inventory.',
  );

const FAMILY = { any: 0, inet: 4, inet6: 6 } as const;

function openTcp(options: SshOptions, hop: Hop, signal: AbortSignal): Promise<Socket> {
  const attempt: Attempt = { where: hop.where, phase: 'tcp', greeting: Buffer.alloc(0) };
  const limit = options.connectTimeoutMs ?? DEFAULT_CONNECT_MS;
  return new Promise((resolve, reject) => {
    const { host, port, settings } = hop.target;
    const family = FAMILY[settings?.addressFamily ?? 'any'];
    // connect(2) would go to an address of the other family all the same.
    if (family !== 0 && isIP(host) === 10 - family) throw otherFamily(hop.where, family);
    const socket = connectTcp({ host, port, family, noDelay: true });
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (error: Error): void => {
      settle(() => {
        socket.destroy();
        reject(error);
      });
    };
    const onAbort = (): void => {
      fail(new CancelledError('cancelled'));
    };
    const timer = setTimeout(() => {
      fail(timedOut(attempt, Math.round(limit / 1000)));
    }, limit);
    signal.addEventListener('abort', onAbort, { once: true });
    // Stays for the socket's life: a late error must not end the process.
    socket.on('error', (error) => {
      fail(classify(error, attempt));
    });
    socket.once('connect', () => {
      settle(() => {
        resolve(socket);
      });
    });
  });
}

/** What is learned while the connection is made. */
type Progress = {
  phase: Phase;
  greeting: Buffer;
  algorithms: Readonly<Record<string, string>>;
  closed: boolean;
  /** What the server said after our last offer: why somebody may not enter. */
  said: string;
};

function login(
  options: SshOptions,
  ring: KeyRing,
  hop: Hop,
  guard: HostKeyGuard,
  stream: Duplex,
  signal: AbortSignal,
): Promise<Connection> {
  const client = new Client();
  const progress: Progress = {
    phase: 'handshake',
    greeting: Buffer.alloc(0),
    algorithms: {},
    closed: false,
    said: '',
  };
  return new Promise((resolve, reject) => {
    const offer = offeredAlgorithms(guard.knownTypes, hop.target.settings?.algorithms);
    const attempt = (): Attempt => ({ where: hop.where, offer, ...progress });
    let settled = false;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      patience.stop();
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (error: Error): void => {
      settle(() => {
        client.destroy();
        stream.destroy();
        reject(error instanceof CancelledError ? error : (guard.refusal() ?? error));
      });
    };
    const onAbort = (): void => {
      fail(new CancelledError('cancelled'));
    };
    const patience = createPatience((seconds) => {
      fail(timedOut(attempt(), seconds));
    });
    const loginMs = options.loginTimeoutMs ?? DEFAULT_LOGIN_MS;
    const auth = createLogin(
      options,
      ring,
      hop.target,
      hop.where,
      askThrough(options, hop.node, patience, signal, fail),
      {
        onStep: () => {
          progress.phase = 'login';
          progress.said = '';
          patience.begin(loginMs);
        },
        onGiveUp: () => {
          fail(auth.failure());
        },
        patiently: (work) => patience.whileHumanActs(work),
      },
    );
    signal.addEventListener('abort', onAbort, { once: true });
    client.on('error', (error: Error & { level?: string }) => {
      // An agent that refuses one key is not the end of the login.
      if (error.level === 'agent') return;
      fail(error.level === 'client-authentication' ? auth.failure() : classify(error, attempt()));
    });
    client.on('banner', (text: string) => (progress.said = text.slice(0, MAX_GREETING)));
    client.on('close', () => {
      progress.closed = true;
      fail(progress.said ? turnedAway(hop, progress.said) : classify(undefined, attempt()));
    });
    const hear = (chunk: Buffer): void => {
      if (progress.greeting.length >= MAX_GREETING) return;
      progress.greeting = Buffer.concat([progress.greeting, chunk]).subarray(0, MAX_GREETING);
    };
    client.on('handshake', (negotiated) => {
      progress.algorithms = describeAlgorithms(negotiated);
      // What comes from here on is encrypted.
      stream.removeListener('data', hear);
    });
    client.on('change password', () => {
      fail(passwordExpired(hop.where, hop.target.user));
    });
    client.on('ready', () => {
      progress.phase = 'open';
      patience.stop();
      void guard.remember().finally(() => {
        settle(() => {
          resolve(connectionOf(client, stream, progress, guard, auth));
        });
      });
    });
    patience.begin(options.connectTimeoutMs ?? DEFAULT_CONNECT_MS);
    gatherWrites(stream);
    try {
      client.connect({ ...clientConfig(options, hop, guard, auth, stream), algorithms: offer });
      ignoreHostKeyLists(client);
    } catch (error) {
      fail(classify(error, attempt()));
    }
    stream.on('data', hear);
  });
}

function clientConfig(
  options: SshOptions,
  hop: Hop,
  guard: HostKeyGuard,
  auth: Login,
  stream: Duplex,
): ConnectConfig {
  return {
    sock: stream,
    host: hop.target.host,
    port: hop.target.port,
    username: hop.target.user,
    ident: 'calico-ready',
    // Phases have limits of their own: this one would run on while a human reads a prompt.
    readyTimeout: 0,
    keepaliveInterval: options.keepalive?.intervalMs ?? 10_000,
    keepaliveCountMax: options.keepalive?.count ?? 3,
    hostVerifier: strictVerifier(guard.decide),
    authHandler: auth.handler,
  };
}

function connectionOf(
  client: Client,
  stream: Duplex,
  progress: Progress,
  guard: HostKeyGuard,
  auth: Login,
): Connection {
  const version = /(?:^|\n)SSH-(?:2\.0|1\.99)-([^\r\n]{1,200})/.exec(
    progress.greeting.toString('latin1'),
  )?.[1];
  return {
    client,
    address: 'remoteAddress' in stream ? (stream as Socket).remoteAddress : undefined,
    serverVersion: version,
    algorithms: progress.algorithms,
    hostKey: guard.record(),
    auth: auth.record(),
    isClosed: () => progress.closed,
  };
}

/** Null when nobody answers. Ctrl-C at a prompt ends the connection, and with it the run, not only this question. */
function askThrough(
  options: SshOptions,
  node: string,
  patience: Patience,
  signal: AbortSignal,
  fail: (error: CancelledError) => void,
): Ask {
  return (request) =>
    patience.whileHumanActs(() =>
      options.broker.ask({ node, ...request }, signal).catch((error: unknown) => {
        if (error instanceof CancelledError) fail(error);
        return null;
      }),
    );
}
