import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockSession } from '../../../src/cli/wizard/session-lock.js';
import { InputError } from '../../../src/domain/errors.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'calico-ready-lock-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const lockIn = (name: string): string => join(folder, name, 'session.lock');
const held = (name: string, text: string): void => {
  mkdirSync(join(folder, name));
  writeFileSync(lockIn(name), text);
};

describe('two wizards of one user', () => {
  it('the second one is told who holds the session, and takes it when the first one is gone', () => {
    const leave = lockSession(join(folder, 'a'));
    expect(() => lockSession(join(folder, 'a'))).toThrow(
      new InputError(
        `Another calico-ready has the saved session open (process ${String(process.pid)}).`,
        'Go on there, or set XDG_STATE_HOME to another folder for a second session.',
      ),
    );
    leave();
    expect(existsSync(lockIn('a'))).toBe(false);
    lockSession(join(folder, 'a'))();
  });

  it('a lock that a crash left behind holds nobody up', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    held('b', `${String(child.pid)} 1\n`);
    lockSession(join(folder, 'b'))();
  });

  it('nor does one whose process number was given to another process', () => {
    held('c', `${String(process.pid)} 1\n`);
    lockSession(join(folder, 'c'))();
  });

  it('nor does one that says nothing', () => {
    held('d', 'x'.repeat(1000));
    lockSession(join(folder, 'd'))();
  });

  it('a folder that cannot be made is named', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => lockSession(join(folder, 'file', 'inside'))).toThrow(/ENOTDIR/);
  });
});
