import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { tryRun } from '../lab/run.js';

/** Milliseconds from starting a command to its end; its output is thrown away. Throws when it cannot be started. */
export function wallTime(command: string, args: readonly string[]): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    spawn(command, args, { stdio: 'ignore' })
      .once('error', reject)
      .once('close', () => {
        resolve(performance.now() - started);
      });
  });
}

export type Usage = { readonly cpuSeconds: number; readonly stdout: string };

// The shell's own `time` says what the kernel charged the command, and everything it waited for.
const TIMED = 'TIMEFORMAT="%3U %3S"; time "$@"';

/** Runs a command and answers its processor time, user and system. Throws when it ends with another code. */
export async function cpuTime(
  command: readonly string[],
  expectedCodes: readonly number[],
): Promise<Usage> {
  const { code, stdout, stderr } = await tryRun('bash', ['-c', TIMED, 'bash', ...command], {
    timeoutMs: 300_000,
  });
  const [, user, system] = /(\d+\.\d+) (\d+\.\d+)\s*$/.exec(stderr) ?? [];
  if (!expectedCodes.includes(code) || user === undefined)
    throw new Error(`${command.join(' ')} ended ${String(code)}: ${stderr}`);
  return { cpuSeconds: Number(user) + Number(system), stdout };
}
