import { InputError } from '../domain/errors.js';
import { systemErrorWords } from '../domain/system-error.js';
import { visible } from '../domain/visible.js';
import { writeText } from './files/write-text.js';

/**
 * Writes all of `text` and waits until the pipe has taken it: a 10 MB report through a slow pipe arrives whole.
 * A reader that has gone away (EPIPE) is no error of ours; of any other the listener in main.ts tells, as it does of
 * what is printed without this function.
 */
export async function writeAll(
  stream: NodeJS.WriteStream,
  text: string | Uint8Array,
): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.write(text, () => {
      resolve();
    });
  });
}

/** The result of a command: to `--output FILE`, else to standard output. */
export async function emit(text: string, output: string | undefined): Promise<void> {
  if (output === undefined) {
    await writeAll(process.stdout, text);
    return;
  }
  await writeText(output, text);
}

/** Standard output does not take what is to be printed, most often because a disk is full. */
export const cannotPrint = (error: unknown): InputError =>
  new InputError(
    `Cannot write to standard output: ${systemErrorWords(error)}.`,
    'Send the output elsewhere, or make room.',
  );

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
  try {
    // Also a text that ends without a line end: there the stream ends, and is never closed.
    for await (const chunk of stream) {
      text += String(chunk);
      if (text.includes('\n') || text.length > 4096) break;
    }
  } catch (error) {
    const { code = 'no reason given' } = error as NodeJS.ErrnoException;
    throw new InputError(
      `Cannot read a password from file descriptor ${String(fd)}: ${code}.`,
      `Open it in the shell, as in ${String(fd)}<FILE.`,
    );
  }
  return text.split('\n')[0]?.slice(0, 4096) ?? '';
}
