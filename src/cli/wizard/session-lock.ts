import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../domain/errors.js';
import { stateFolder } from './state-files.js';

type Holder = { readonly pid: number; readonly started: string };

const FILE = 'session.lock';

/** When a process began, so that a number that was given away again is not taken for it. Empty where nobody tells. */
function startOf(pid: number): string {
  try {
    // proc(5): the name in brackets may hold anything; starttime is the 20th field after it.
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const now = startOf(pid);
  return now === '' || started === '' || now === started;
}

function holderOf(path: string): Holder | null {
  try {
    const [pid = '', started = ''] = readFileSync(path, 'utf8').slice(0, 100).trim().split(' ');
    return /^[1-9]\d{0,9}$/.test(pid) ? { pid: Number(pid), started } : null;
  } catch {
    return null;
  }
}

const code = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

/**
 * Keeps a second wizard of this user from writing over the same saved session. Answers what lets go of it. A lock that a
 * crash left behind is taken over. Throws InputError when another process holds it or the folder cannot be written to.
 */
export function lockSession(folder = stateFolder()): () => void {
  const path = join(folder, FILE);
  const text = `${String(process.pid)} ${startOf(process.pid)}\n`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const holder = holderOf(path);
    if (holder === null || !isAlive(holder)) rmSync(path, { force: true });
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (code(error) === 'EEXIST') {
      throw new InputError(
        `Another calico-ready has the saved session open (process ${String(holderOf(path)?.pid ?? 'unknown')}).`,
        'Go on there, or set XDG_STATE_HOME to another folder for a second session.',
      );
    }
    throw new InputError(
      `The folder for the session, ${folder}, cannot be written to (${code(error)}).`,
      'Make room there, or set XDG_STATE_HOME to a folder that you can write to.',
    );
  }
  return () => {
    if (holderOf(path)?.pid === process.pid) rmSync(path, { force: true });
  };
}
