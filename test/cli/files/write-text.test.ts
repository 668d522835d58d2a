import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeText } from '../../../src/cli/files/write-text.js';
import { describeAsRoot, describeWith } from '../../helpers/require-tool.js';

let folder = '';
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-text-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('makes a new file, and leaves nothing else', async () => {
  await writeText(at('report'), 'new');
  expect(readFileSync(at('report'), 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['report']);
  writeFileSync(at('plain'), 'new', { mode: 0o644 });
  expect(statSync(at('report')).mode).toBe(statSync(at('plain')).mode);
});

it('keeps the mode of a file that is there, and takes its place', async () => {
  writeFileSync(at('report'), 'old');
  chmodSync(at('report'), 0o600);
  const before = statSync(at('report')).ino;
  await writeText(at('report'), 'new');
  expect(statSync(at('report'))).toMatchObject({ mode: 0o100600 });
  expect(statSync(at('report')).ino).not.toBe(before);
  expect(readFileSync(at('report'), 'utf8')).toBe('new');
});

describe('goes where a plain write would', () => {
  it.each([true, false])('through a symbolic link, to a file that is there: %s', async (there) => {
    if (there) writeFileSync(at('target'), 'old');
    symlinkSync('target', at('link'));
    await writeText(at('link'), 'new');
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('target'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['link', 'target']);
  });

  it('into a file that has two names', async () => {
    writeFileSync(at('one'), 'old');
    linkSync(at('one'), at('two'));
    await writeText(at('one'), 'new');
    expect(readFileSync(at('two'), 'utf8')).toBe('new');
  });

  it('into a file that is open, by the name of its descriptor', async () => {
    const fd = openSync(at('log'), 'w');
    try {
      await writeText(`/proc/self/fd/${String(fd)}`, 'new');
      writeSync(fd, ' more', 3);
    } finally {
      closeSync(fd);
    }
    expect(readFileSync(at('log'), 'utf8')).toBe('new more');
  });

  it('into a device', async () => {
    await writeText('/dev/null', 'new');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describeWith(['mount', 'umount'], 'on a disk of 64 KiB', () => {
  describeAsRoot('that fills up', () => {
    beforeEach(() => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    });
    afterEach(() => {
      execFileSync('umount', [folder]);
    });

    it('leaves the report that was there, and no half of another', async () => {
      writeFileSync(at('report'), 'old');
      await expect(writeText(at('report'), 'x'.repeat(1_000_000))).rejects.toThrow(
        'report: no space is left.',
      );
      expect(readFileSync(at('report'), 'utf8')).toBe('old');
      await expect(writeText(at('other'), 'x'.repeat(1_000_000))).rejects.toThrow();
      expect(readdirSync(folder)).toEqual(['report']);
    });
  });
});
