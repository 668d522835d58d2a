import { spawn } from 'node:child_process';
import { FrameReader, type Transcript } from '../../src/collect/frame-reader.js';
import { collectorPrelude, composeCollector } from '../../src/collect/compose.js';
import type { Become } from '../../src/collect/shell-parts.js';
import type { AnyProbe } from '../../src/domain/probe.js';

export const NONCE = 'fedcba9876543210fedcba9876543210';

export type Ran = {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly code: number | null;
  readonly milliseconds: number;
};

/** Runs a text on standard input of a shell of this machine. */
export function runShell(
  argv: readonly string[],
  text: string,
  options: { readonly env?: NodeJS.ProcessEnv; readonly uid?: number; readonly cwd?: string } = {},
): Promise<Ran> {
  const [program = '', ...args] = argv;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: options.env ?? process.env,
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
      cwd: options.cwd ?? '/',
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    // A shell that stops early closes its end; what matters is what it printed.
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => {
      resolve({
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('latin1'),
        code,
        milliseconds: performance.now() - started,
      });
    });
    child.stdin.end(text);
  });
}

export const sentText = (probes: readonly AnyProbe[], become: Become = 'auto'): string =>
  collectorPrelude({ nonce: NONCE, become }) + composeCollector(probes);

/** Runs the collector in a real shell and reads its frames. */
export async function collect(
  argv: readonly string[],
  probes: readonly AnyProbe[],
  options: Parameters<typeof runShell>[2] & {
    readonly become?: Become;
    readonly edit?: (text: string) => string;
  } = {},
): Promise<{ readonly ran: Ran; readonly read: Transcript }> {
  const edit = options.edit ?? ((text) => text);
  const ran = await runShell(argv, edit(sentText(probes, options.become)), options);
  const reader = new FrameReader({ nonce: NONCE, probes });
  reader.push(ran.stdout, 1000);
  return { ran, read: reader.finish({ kind: 'exited', code: ran.code ?? -1 }) };
}
