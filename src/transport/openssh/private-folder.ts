import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connectError } from '../ssh/errors.js';

const PREFIX = 'calico-ready-ssh-';
/** sun_path holds 104 bytes on the BSDs and 108 on Linux; ssh binds `PATH.` and 16 letters first (mux.c). */
const LONGEST_SOCKET = 104 - 17 - 1;
/** No socket of ours has a longer name in its folder. */
const LONGEST_NAME = '/ask.s'.length;

/** A folder that only this user may enter, mode 0700, for one connection. Throws ConnectError when none can be made. */
export function makePrivateFolder(candidates: readonly string[]): string {
  for (const base of candidates) {
    const folder = tryFolder(base);
    if (folder !== null) return folder;
  }
  throw connectError(
    'no-login',
    'no private folder with a short name can be made for the connections of ssh',
    'Set XDG_RUNTIME_DIR or TMPDIR to a folder that you may write to.',
  );
}

function tryFolder(base: string): string | null {
  const start = join(base, `${PREFIX}${String(process.pid)}-`);
  if (Buffer.byteLength(start) + 6 + LONGEST_NAME > LONGEST_SOCKET) return null;
  try {
    const folder = mkdtempSync(start);
    chmodSync(folder, 0o700);
    return folder;
  } catch {
    return null;
  }
}

export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // The next run sweeps it.
  }
}

/** Removes what runs left behind that ended without cleaning up: folders of ours whose process is gone. */
export function sweepFolders(candidates: readonly string[]): void {
  for (const base of candidates) {
    for (const name of listOf(base)) {
      const pid = new RegExp(`^${PREFIX}(\\d{1,10})-`).exec(name)?.[1];
      if (pid !== undefined && !isAlive(Number(pid)) && isOurs(join(base, name))) {
        removeFolder(join(base, name));
      }
    }
  }
}

function listOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isOurs(path: string): boolean {
  try {
    const found = lstatSync(path);
    return found.isDirectory() && found.uid === process.getuid?.();
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
