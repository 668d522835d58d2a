import { writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { InputError } from '../domain/errors.js';
import { visible, visibleLine } from '../domain/visible.js';

/**
 * Writes all of `text` and waits until the pipe has taken it: a 10 MB report through a slow pipe arrives whole.
 * A reader that has gone away (EPIPE) is no error of ours.
 */
export async function writeAll(
  stream: NodeJS.WriteStream,
  text: string | Uint8Array,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined || ('code' in error && error.code === 'EPIPE'))
        resolve();
      else reject(error);
    });
  });
}

/** The result of a command: to `--output FILE`, else to standard output. */
export async function emit(text: string, output: string | undefined): Promise<void> {
  if (output === undefined) {
    await writeAll(process.stdout, text);
    return;
  }
  try {
    await writeFile(output, text, { mode: 0o644 });
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new InputError(
      `Cannot write ${visibleLine(output)}: ${why}.`,
      'Name a file in a folder you can write to.',
    );
  }
}

/** Everything that is not the result goes to standard error, visible whoever's words are in it. */
export function note(text: string): void {
  process.stderr.write(`${visible(text)}\n`);
}

/** Whether colour may be used on this stream (https://no-color.org). */
export const mayColour = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';

export const widthOf = (stream: NodeJS.WriteStream): number =>
  stream.isTTY ? Math.max(40, stream.columns) : 80;

/** Reads the first line of an open file descriptor (`--password-fd N`), at most 4 KiB. */
export async function readSecretFd(fd: number): Promise<string> {
  const { createReadStream } = await import('node:fs');
  const stream = createReadStream('', { fd, autoClose: false, encoding: 'utf8' });
  let text = '';
  stream.on('data', (chunk) => {
    text += String(chunk);
    if (text.includes('\n') || text.length > 4096) stream.destroy();
  });
  try {
    await once(stream, 'close');
  } catch (error) {
    const { code = 'no reason given' } = error as NodeJS.ErrnoException;
    throw new InputError(
      `Cannot read a password from file descriptor ${String(fd)}: ${code}.`,
      `Open it in the shell, as in ${String(fd)}<FILE.`,
    );
  }
  return text.split('\n')[0]?.slice(0, 4096) ?? '';
}
