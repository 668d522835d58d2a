import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InputError } from '../../domain/errors.js';
import { systemErrorWords } from '../../domain/system-error.js';
import { visibleLine } from '../../domain/visible.js';

const NEXT = 'Name a file in a folder you can write to.';

const refusal = (path: string, why: string): InputError =>
  new InputError(`Cannot write ${visibleLine(path)}: ${why}.`, NEXT);

/** Writes a file that the operator named. Rejects with InputError. */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o644 });
  } catch (error) {
    throw refusal(path, systemErrorWords(error));
  }
}

/**
 * Whether a file can be written here, before a survey is spent on it. What is there already may be a device or a pipe
 * only when it is written into; a bundle takes the place of what has its name. Rejects with InputError.
 */
export async function checkDestination(path: string, kind: 'written' | 'replaced'): Promise<void> {
  const folder = dirname(resolve(path));
  try {
    const there = await stat(path).catch(() => null);
    if (there?.isDirectory() === true) throw refusal(path, 'it is a directory');
    if (kind === 'replaced' && there?.isFile() === false)
      throw refusal(path, 'it is not a regular file');
    if ((await stat(folder).catch(() => null))?.isDirectory() !== true)
      throw refusal(path, 'there is no such folder');
    await access(there === null || kind === 'replaced' ? folder : path, constants.W_OK);
  } catch (error) {
    throw error instanceof InputError ? error : refusal(path, systemErrorWords(error));
  }
}
