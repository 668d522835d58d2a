import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { CancelledError } from '../domain/errors.js';
import type { PeerRecord } from '../domain/evidence.js';
import { reason } from '../domain/reason.js';
import type { RunEnd, RunRequest, Session, Transport } from '../domain/transport.js';
import { visibleLine } from '../domain/visible.js';
import { capped } from './capped.js';
import { untilEnd } from './until-end.js';

/** What a shell of ours may see of our environment: nothing but this. */
const ENVIRONMENT = {
  PATH: '/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin',
  LC_ALL: 'C',
} as const;

const SHELL = ['/bin/sh', '-s'] as const;
const SUDO = ['sudo', '-n', '--', ...SHELL] as const;

/** This machine as a node: the same script, by a child process. Root is uid 0 or `sudo -n`, without a password. */
export function createLocalTransport(): Transport {
  return {
    open: (_node, signal) =>
      signal.aborted ? Promise.reject(new CancelledError('cancelled')) : Promise.resolve(session()),
  };
}

/** In a container the user's number often has no line in the user database. */
function userName(uid: number | undefined): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${String(uid)}`;
  }
}

function session(): Session {
  const uid = process.getuid?.();
  const running = new Set<ChildProcessWithoutNullStreams>();
  const peer: PeerRecord = {
    transport: 'local',
    host: hostname().slice(0, 255),
    user: userName(uid).slice(0, 64),
    ...(uid === 0 ? { privilege: 'root-login' } : {}),
  };
  return {
    peer,
    run: (request, signal) => {
      const argv = request.runAs === 'root' && uid !== 0 ? SUDO : SHELL;
      return runChild(argv, request, signal, running);
    },
    close: () => {
      for (const child of running) kill(child);
      return Promise.resolve();
    },
  };
}

function runChild(
  argv: readonly [string, ...string[]],
  request: RunRequest,
  signal: AbortSignal,
  running: Set<ChildProcessWithoutNullStreams>,
): Promise<RunEnd> {
  return untilEnd(request.deadlineMs, signal, (end) => {
    const [file, ...args] = argv;
    // A process group of its own, so that a deadline ends what the script started too.
    const child = spawn(file, args, { env: ENVIRONMENT, cwd: '/', detached: true });
    running.add(child);
    const seen = { first: '', bytes: 0 };
    child.on('error', () => {
      end({ kind: 'refused', why: reason('no-privilege', `${file} cannot be started here`) });
    });
    child.stdin.on('error', () => undefined);
    child.stdout.on('data', capped(request.maxStdout, request.onStdout, 'stdout', end));
    const onStderr = capped(request.maxStderr, request.onStderr, 'stderr', end);
    child.stderr.on('data', (chunk: Buffer) => {
      if (seen.bytes < 4096) seen.first += chunk.toString('latin1');
      seen.bytes += chunk.length;
      onStderr(chunk);
    });
    child.on('close', (code, name) => {
      end(endOf(argv === SUDO, code, name, seen.first));
    });
    child.stdin.end(request.script);
    return () => {
      running.delete(child);
      kill(child);
    };
  });
}

function endOf(
  bySudo: boolean,
  code: number | null,
  signal: NodeJS.Signals | null,
  stderr: string,
): RunEnd {
  if (bySudo && code === 1 && stderr.startsWith('sudo: ')) {
    const why = reason('no-privilege', visibleLine(stderr.split('\n', 1)[0] ?? '', 160));
    return { kind: 'refused', why };
  }
  if (code !== null) return { kind: 'exited', code };
  return signal === null ? { kind: 'lost' } : { kind: 'signalled', signal };
}

/** Ends the whole process group if it still lives. */
function kill(child: ChildProcessWithoutNullStreams): void {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  for (const stream of [child.stdout, child.stderr]) {
    stream.removeAllListeners('data');
    stream.resume();
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Already gone, or root's by sudo, which we may not end.
  }
}
