import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import {
  access,
  chmod,
  chown,
  lstat,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../../domain/errors.js';
import { systemErrorWords } from '../../domain/system-error.js';
import { visibleLine } from '../../domain/visible.js';

const NEXT = 'Name a file in a folder you can write to.';

const refusal = (path: string, why: string): InputError =>
  new InputError(`Cannot write ${visibleLine(path)}: ${why}.`, NEXT);

/** A file that is there already, as the one in its place has to be. */
type Kept = Pick<Stats, 'mode' | 'uid' | 'gid'>;

/** Whether a new file can be given to the same owner and group. */
const mayKeep = ({ uid, gid }: Kept): boolean =>
  uid === process.geteuid?.() &&
  [process.getegid?.(), ...(process.getgroups?.() ?? [])].includes(gid);

/**
 * The file that a plain write would reach, through symbolic links; null for what has to be written into: a device, a
 * pipe, a file of somebody else, or one of which another name would keep the old text.
 */
async function fileAt(path: string): Promise<{ path: string; kept?: Kept } | null> {
  // `/dev/stdout` leads to the file that a shell holds open, and will write more to.
  if (/^\/(?:dev|proc)\//.test(resolve(path))) return null;
  const there = await stat(path).catch(() => null);
  if (there === null) {
    // A link to what is not there yet makes that; a plain write knows where.
    return (await lstat(path).catch(() => null)) === null ? { path } : null;
  }
  if (!there.isFile() || there.nlink > 1 || !mayKeep(there)) return null;
  // What may not be written must not be replaced either.
  await access(path, constants.W_OK);
  return { path: await realpath(path), kept: there };
}

async function writeWhole(path: string, kept: Kept | undefined, text: string): Promise<void> {
  const temporary = join(dirname(path), `.calico-ready-${randomUUID()}.part`);
  try {
    // As with a plain write, the mode of a new file is what the umask leaves; what is replaced may be private.
    await writeFile(temporary, text, {
      flag: 'wx',
      mode: kept === undefined ? 0o644 : 0o600,
      flush: true,
    });
    if (kept !== undefined) {
      await chown(temporary, kept.uid, kept.gid);
      await chmod(temporary, kept.mode & 0o7777);
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Whether a file can be made beside this one; in some folders only what is there may be written. */
const mayMakeBeside = (path: string): Promise<boolean> =>
  access(dirname(path), constants.W_OK).then(
    () => true,
    () => false,
  );

/**
 * Writes a file that the operator named, under its name only when it is whole: a disk that fills up leaves what was
 * there. Rejects with InputError.
 */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    const file = await fileAt(path);
    if (file !== null && (await mayMakeBeside(file.path)))
      await writeWhole(file.path, file.kept, text);
    else await writeFile(path, text, { mode: 0o644 });
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
