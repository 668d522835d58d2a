import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { CancelledError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';
import { timedOut } from '../ssh/errors.js';
import { guardHostKey, type HostKeyGuard } from '../ssh/host-keys.js';
import type { Ask } from '../ssh/key-ring.js';
import type { KnownHostsReader } from '../ssh/known-hosts-files.js';
import type { Target } from '../ssh/options.js';
import { createPatience } from '../ssh/patience.js';
import { createAnswers, type Passphrases } from './answers.js';
import { startAskpass } from './askpass.js';
import { exitWords, filesIn, masterWords, type Through } from './command-line.js';
import { isLoggingIn, readFacts, refusalsIn, type Facts } from './facts.js';
import { failureOf } from './failure.js';
import { readText, refusalOf, shownKey, writeKeyScript } from './host-keys.js';
import type { OpenSshOptions } from './options.js';
import { makePrivateFolder, removeFolder } from './private-folder.js';
import { ended, endGroup, spawnClient, spawnMaster } from './process.js';

const DEFAULT_CONNECT_MS = 15_000;
const DEFAULT_LOGIN_MS = 60_000;
/** ssh counts its own ConnectTimeout, and says more when it is first. */
const GRACE_MS = 1_500;
const CLOSE_LIMIT_MS = 2_000;
/** How often it is looked whether ssh has come further. */
const LOOK_MS = 25;

/** One shared connection of ssh (ControlMaster), to a node or to a jump host. */
export type Master = Through & {
  readonly folder: string;
  readonly facts: Facts;
  readonly hostKey: ReturnType<HostKeyGuard['record']>;
  readonly isClosed: () => boolean;
  /** Runs once, when the connection is gone. */
  readonly onClose: (listener: () => void) => void;
  readonly close: () => Promise<void>;
};

export type MasterHop = {
  readonly node: string;
  readonly target: Target;
  /** For messages: `host:port`, with the hop named. */
  readonly where: string;
  /** The jump host before it; null: none. */
  readonly through: Through | null;
  readonly keyCommand: boolean;
  readonly version: number;
};

/** What all connections of a transport share. */
export type Lookups = { readonly knownHosts: KnownHostsReader; readonly passphrases: Passphrases };

/** Starts ssh and waits until it has logged in. Rejects with ConnectError or CancelledError; then nothing is left behind. */
export async function openMaster(
  options: OpenSshOptions,
  lookups: Lookups,
  hop: MasterHop,
  signal: AbortSignal,
): Promise<Master> {
  const { host, port, settings } = hop.target;
  // sshconnect.c: HostKeyAlias stands for host and port alike.
  const alias = settings?.hostKeyAlias;
  const name = alias === undefined ? { host, port } : { host: alias, port: 22 };
  const guard = await guardHostKey(options, lookups.knownHosts, hop.node, name);
  if (signal.aborted) throw new CancelledError('cancelled');
  const folder = makePrivateFolder(options.runtimeFolders);
  try {
    writeKeyScript(folder, options.pins.keyOf(name.host, name.port), guard.takesNew());
    const child = await start(options, lookups, { ...hop, folder }, guard, signal);
    const facts = readFacts(readText(filesIn(folder).log));
    const key = shownKey(folder);
    const isOurs = key !== null && facts.trustedBy?.includes('@cert') !== true && guard.decide(key);
    if (isOurs) await guard.remember();
    return masterOf(options, hop, folder, child, facts, isOurs ? guard.record() : undefined);
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

type Started = MasterHop & { readonly folder: string };

async function start(
  options: OpenSshOptions,
  { passphrases }: Lookups,
  hop: Started,
  guard: HostKeyGuard,
  signal: AbortSignal,
): Promise<ChildProcessWithoutNullStreams> {
  const files = filesIn(hop.folder);
  const words = masterWords(options, hop);
  let fail: (error: Error) => void = () => undefined;
  const patience = createPatience((seconds) => {
    const phase = isLoggingIn(readText(files.log)) ? 'login' : 'handshake';
    fail(timedOut({ where: hop.where, phase, greeting: Buffer.alloc(0) }, seconds));
  });
  const ask: Ask = (request) =>
    patience.whileHumanActs(() =>
      options.broker.ask({ node: hop.node, ...request }, signal).catch((error: unknown) => {
        if (error instanceof CancelledError) fail(error);
        return null;
      }),
    );
  const answers = createAnswers({
    ask,
    user: hop.target.user,
    where: hop.where,
    refusals: () => refusalsIn(readText(files.log)),
    passphrases,
    giveUp: (error) => {
      fail(error);
    },
    notify: (text) => {
      options.onWarning?.(visibleLine(`${hop.where}: ${text.trim()}`, 200));
    },
  });
  const askpass = await startAskpass(hop.folder, answers);
  try {
    return await new Promise((resolve, reject) => {
      const child = spawnMaster(options, words, hop.folder, files.askpass);
      let seen = 0;
      let isIn = false;
      const settle = (act: () => void): void => {
        clearInterval(looking);
        patience.stop();
        signal.removeEventListener('abort', onAbort);
        act();
      };
      fail = (error) => {
        settle(() => {
          endGroup(child);
          reject(error);
        });
      };
      const onAbort = (): void => {
        fail(new CancelledError('cancelled'));
      };
      const looking = setInterval(() => {
        if (existsSync(files.control)) {
          settle(() => {
            resolve(child);
          });
          return;
        }
        const size = sizeOf(files.log);
        if (isIn || size === seen) return;
        seen = size;
        isIn = isLoggingIn(readText(files.log));
        if (isIn) patience.begin(options.loginTimeoutMs ?? DEFAULT_LOGIN_MS);
      }, LOOK_MS);
      signal.addEventListener('abort', onAbort, { once: true });
      child.on('error', () => {
        fail(failureOf(hop.where, 'ssh cannot be started'));
      });
      child.on('close', () => {
        const refusal = refusalOf(guard, hop.folder);
        fail(
          refusal ??
            failureOf(hop.where, readText(files.log), {
              by: hop.through?.where ?? 'proxy',
              said: readText(files.proxyLog),
            }),
        );
      });
      // A banner of the server; nobody reads it, and it must not hold ssh up.
      child.stderr.resume();
      child.stdout.resume();
      child.stdin.on('error', () => undefined);
      patience.begin((options.connectTimeoutMs ?? DEFAULT_CONNECT_MS) + GRACE_MS);
    });
  } finally {
    askpass.close();
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

function masterOf(
  options: OpenSshOptions,
  { target, where }: MasterHop,
  folder: string,
  child: ChildProcessWithoutNullStreams,
  facts: Facts,
  hostKey: Master['hostKey'],
): Master {
  const { control } = filesIn(folder);
  const isClosed = (): boolean => child.exitCode !== null || child.signalCode !== null;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    if (!isClosed()) {
      const asking = spawnClient(options, exitWords(control, target));
      asking.on('error', () => undefined);
      await ended(child, CLOSE_LIMIT_MS);
      endGroup(asking);
    }
    if (!child.stdin.destroyed) child.stdin.end('bye\n');
    endGroup(child);
    removeFolder(folder);
  };
  return {
    control,
    where,
    folder,
    facts,
    hostKey,
    isClosed,
    onClose: (listener) => {
      if (isClosed()) listener();
      else child.once('exit', listener);
    },
    close: () => (closing ??= close()),
  };
}
