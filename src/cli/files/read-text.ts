import { open } from 'node:fs/promises';
import { InputError } from '../../domain/errors.js';
import { systemErrorWords } from '../../domain/system-error.js';
import { visibleLine } from '../../domain/visible.js';

/**
 * Reads a file that the operator named, up to `limit` bytes. Only regular files: a FIFO would hang, a device never end.
 * Throws InputError with the path and the reason.
 */
export async function readBytes(
  path: string,
  what: string,
  limit = 64 * 1024 * 1024,
): Promise<Buffer> {
  const shown = visibleLine(path);
  try {
    const handle = await open(path, 'r');
    try {
      const stat = await handle.stat();
      if (stat.isDirectory())
        throw new InputError(`The ${what} ${shown} is a directory.`, 'Name a file.');
      if (!stat.isFile())
        throw new InputError(`The ${what} ${shown} is not a regular file.`, 'Name a regular file.');
      if (stat.size > limit) {
        throw new InputError(
          `The ${what} ${shown} is larger than ${String(limit)} bytes.`,
          'Name a smaller file.',
        );
      }
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `Cannot read the ${what} ${shown}: ${systemErrorWords(error)}.`,
      'Check the path and its permissions.',
    );
  }
}

/** As `readBytes`, as UTF-8 text without a byte-order mark. Throws InputError for text that is not UTF-8. */
export async function readText(
  path: string,
  what: string,
  limit = 4 * 1024 * 1024,
): Promise<string> {
  const bytes = await readBytes(path, what, limit);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(
      `The ${what} ${visibleLine(path)} is not UTF-8 text.`,
      'Save it as UTF-8.',
    );
  }
}
