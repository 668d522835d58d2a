import { spawn } from 'node:child_process';

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type RunOptions = {
  /** Text for standard input; without it the command reads end of file. */
  readonly input?: string;
  /** Milliseconds until the command is killed. */
  readonly timeoutMs?: number;
};

/** Runs a command and returns how it ended; a missing command ends 127. Never throws. */
export const tryRun = (
  command: string,
  args: readonly string[],
  { input = '', timeoutMs = 60_000 }: RunOptions = {},
): Promise<Ran> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: 'pipe',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error) => {
      resolve({ code: 127, stdout, stderr: error.message });
    });
    child.on('close', (code) => {
      resolve({ code: code ?? 137, stdout, stderr });
    });
    // A command that ends without reading its input is no fault of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });

/** Runs a command and returns its standard output. Throws with its own words when it fails. */
export const run = async (
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<string> => {
  const { code, stdout, stderr } = await tryRun(command, args, options);
  if (code === 0) return stdout;
  const words = stderr.trim() || stdout.trim();
  throw new Error(`${command} ${args.join(' ')} ended ${String(code)}: ${words}`);
};

/** Milliseconds between two looks at something outside this process that cannot notify us. */
const POLL_MS = 100;

/** Asks until the answer is yes. Throws, naming what was awaited, when the time is over. */
export const until = async (
  what: string,
  timeoutMs: number,
  ask: () => boolean | Promise<boolean>,
): Promise<void> => {
  const end = Date.now() + timeoutMs;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`waited ${String(timeoutMs)} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

/** Unmounts the tree at the path, waiting for a process that still ends there. Not mounted is fine. */
export const unmount = (path: string): Promise<void> =>
  until(`${path} to be unmounted`, 5_000, async () => {
    if ((await tryRun('mountpoint', ['-q', path])).code !== 0) return true;
    return (await tryRun('umount', ['--recursive', path])).code === 0;
  });
