import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { OperatorError } from '../../domain/errors.js';
import { serialiseSession } from '../../session/snapshot/snapshot.js';
import type { SessionState } from '../../session/state.js';
import { homeFolder } from '../wiring/ssh-config/local-user.js';

/** `$XDG_STATE_HOME/calico-ready`; the specification says that a relative path is to be ignored. */
export function stateFolder(): string {
  const base = process.env['XDG_STATE_HOME'] ?? '';
  return join(isAbsolute(base) ? base : join(homeFolder(), '.local', 'state'), 'calico-ready');
}

const FILE = 'session.json';
const PREVIOUS = 'session.previous.json';

/** Keeps the one session of this user: mode 0600 in a folder of mode 0700, never half written. */
export type StateFiles = {
  readonly save: (state: SessionState) => Promise<void>;
  readonly saveNow: (state: SessionState) => void;
  /** The text that was saved; null when there is none. */
  readonly load: () => string | null;
  /** Keeps what was saved under another name, so that beginning afresh loses nothing. */
  readonly setAside: () => void;
};

export function createStateFiles(folder = stateFolder()): StateFiles {
  const path = join(folder, FILE);
  const temporary = `${path}.${String(process.pid)}.part`;
  return {
    save: async (state) => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(temporary, serialiseSession(state), { mode: 0o600 });
        await rename(temporary, path);
      } catch (error) {
        const code =
          error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
        throw new OperatorError(
          `cannot write ${path} (${code})`,
          'Make room, or set XDG_STATE_HOME to a folder that you can write to.',
        );
      }
    },
    saveNow: (state) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(temporary, serialiseSession(state), { mode: 0o600 });
      renameSync(temporary, path);
    },
    load: () => {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return null;
      }
    },
    setAside: () => {
      renameSync(path, join(folder, PREVIOUS));
    },
  };
}
