import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buildCli } from '../../scripts/build.js';

let built: Promise<string> | undefined;

/**
 * The command as it ships, one bundled file, fresh from the sources. Built once for each test file and beside dist, so
 * that test files that run at the same time do not write below each other's feet.
 */
export function builtCli(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  // The folder of the whole run, which is removed at its end.
  const folder = mkdtempSync(join(process.env['CALICO_READY_TEST_FOLDER'] ?? tmpdir(), 'built-'));
  return buildCli(join(folder, 'calico-ready.mjs'));
}

export type CliRun = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

export type CliOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Text for standard input; without it the command reads the end of file. */
  readonly input?: string;
  /** Called with standard error so far; answers a signal to send, once. */
  readonly onStarted?: (signal: (name: NodeJS.Signals) => void) => void;
};

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Runs the built command without a terminal, with nothing of this process's environment but the PATH. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const child = spawn(process.execPath, [await builtCli(), ...args], {
    stdio: 'pipe',
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', LANG: 'C.UTF-8', ...options.env },
  });
  options.onStarted?.((name) => child.kill(name));
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
  // A command that ends without reading its input is no fault of ours.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  return { code: await ended, stdout, stderr };
}
