import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { readdirSync, type Dirent } from 'node:fs';
import { join, sep } from 'node:path';

/** What was read of a file; `cut` when it is longer than the limit. `modified` in milliseconds since 1970. */
export type BoundedFile = {
  readonly bytes: Uint8Array;
  readonly cut: boolean;
  readonly modified: number;
};

// Reading is synchronous: 500 nodes are 12,000 small files, and each asynchronous call costs more processor time than
// the whole file takes synchronously (measured: 3.7 s against 0.4 s).

/** The entries of a folder by name; none when it cannot be read. */
export function entriesOf(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** The real path of something below a real root, however it is linked; null when it leads outside or nowhere. */
export function inside(root: string, path: string): string | null {
  try {
    const real = realpathSync(path);
    return real.startsWith(root.endsWith(sep) ? root : root + sep) ? real : null;
  } catch {
    return null;
  }
}

/** Whether an entry is a folder below the root; null when it is a link that leads outside. */
export function isFolderInside(root: string, parent: string, entry: Dirent): boolean | null {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const real = inside(root, join(parent, entry.name));
  return real === null ? null : statSync(real).isDirectory();
}

/** Reads a regular file below the root up to `limit` bytes. Null for anything else: a FIFO would hang, a device never end. */
export function readInside(
  root: string,
  path: string,
  limit: number,
  linked = true,
): BoundedFile | null {
  const real = linked ? inside(root, path) : path;
  if (real === null) return null;
  let handle: number;
  try {
    handle = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) return null;
    const buffer = Buffer.alloc(Math.min(stats.size, limit + 1));
    let length = 0;
    while (length < buffer.length) {
      const count = readSync(handle, buffer, length, buffer.length - length, length);
      if (count === 0) break;
      length += count;
    }
    const modified = Math.floor(stats.mtimeMs);
    return { bytes: buffer.subarray(0, Math.min(length, limit)), cut: length > limit, modified };
  } catch {
    return null;
  } finally {
    closeSync(handle);
  }
}
