import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { OpenSshOptions } from './options.js';

type Start = Pick<OpenSshOptions, 'ssh' | 'environment'>;

/**
 * Runs ssh and ends it when this process is gone, however that came: the shell's standard input is a pipe whose other end
 * only we hold. Without a word on it the folder goes too, for nobody else will take it away. $0 is the folder.
 */
const WATCHED = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- & ssh=$!',
  '{ read -r word <&3 || rm -rf -- "$0"; kill "$ssh"; } >/dev/null 2>&1 & watch=$!',
  'exec 3<&-',
  'wait "$ssh"; code=$?',
  'kill "$watch" 2>/dev/null',
  'exit "$code"',
].join('\n');

/** ssh in a session of its own: no signal of the terminal reaches it, and it cannot ask on the terminal. */
export function spawnMaster(
  { ssh, environment }: Start,
  words: readonly string[],
  folder: string,
  askpass: string,
): ChildProcessWithoutNullStreams {
  return spawn('/bin/sh', ['-c', WATCHED, folder, ssh, ...words], {
    detached: true,
    env: {
      ...environment,
      SSH_ASKPASS: askpass,
      SSH_ASKPASS_REQUIRE: 'force',
      // Before 8.4 ssh asked a program only where there was a display and no terminal.
      DISPLAY: environment['DISPLAY'] ?? ':0',
    },
  });
}

export const spawnClient = (
  { ssh, environment }: Start,
  words: readonly string[],
): ChildProcessWithoutNullStreams =>
  spawn(ssh, [...words], { detached: true, env: { ...environment } });

/** Ends a process and all it started. */
export function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

/** Resolves when the process has ended, at the latest after so many milliseconds. */
export function ended(child: ChildProcess, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, limitMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.once('error', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
