import { constants, statSync, type Stats } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ConnectError } from '../../domain/errors.js';
import { visibleLine, type Displayable } from '../../domain/visible.js';
import { connectError } from './errors.js';
import { errorCode } from './key-file.js';
import { judgeHostKey, knownHostsLine, parseKnownHosts } from './known-hosts.js';
import type { HostName, KnownHostLine } from './known-hosts.js';
import { indexKnownHosts, type KnownHostsIndex } from './known-hosts-index.js';

const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** `UserKnownHostsFile /dev/null` is how ssh is told to know nobody and to write nothing down. */
const NOWHERE = '/dev/null';

/** Known hosts for as many connections as there will be. */
export type KnownHostsReader = {
  /**
   * The lines of all files that can say something of this host, in order. A file is read again only when it has
   * changed. A missing file is empty, an unreadable one is empty with a warning; a folder, a FIFO or a huge file is
   * a ConnectError, for it was not meant, and without what it should say no host key can be judged.
   */
  linesFor(name: HostName): Promise<readonly KnownHostLine[]>;
};

type Kept = { readonly stamps: string; readonly index: Promise<KnownHostsIndex> };

export function createKnownHostsReader(
  files: readonly string[],
  warn: (text: Displayable) => void,
): KnownHostsReader {
  let kept: Kept | null = null;
  return {
    linesFor: async (name) => {
      // Stamps before the reading: what is written in between looks changed to the next connection.
      const stamps = files.map(stampOf).join(' ');
      if (kept?.stamps !== stamps) kept = keep(stamps);
      return (await kept.index).linesFor(name);
    },
  };

  function keep(stamps: string): Kept {
    const read = readKnownHosts(files, warn);
    const made: Kept = { stamps, index: read.then(({ lines }) => indexKnownHosts(lines)) };
    // What could not be read now, for want of descriptors perhaps, is tried again by the next connection.
    const forget = (): void => {
      if (kept === made) kept = null;
    };
    read.then(({ whole }) => {
      if (!whole) forget();
    }, forget);
    return made;
  }
}

/**
 * Differs when the file was written, replaced or taken away; times in nanoseconds. Synchronous, for it takes
 * microseconds, and a fleet would spend a hundred times that on handing it to another thread and back.
 */
function stampOf(file: string): string {
  try {
    const found = statSync(file, { bigint: true });
    return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(':');
  } catch {
    // Reading it says why.
    return 'none';
  }
}

async function readKnownHosts(
  files: readonly string[],
  warn: (text: Displayable) => void,
): Promise<{ readonly lines: readonly KnownHostLine[]; readonly whole: boolean }> {
  const lines: KnownHostLine[] = [];
  let whole = true;
  for (const file of files) {
    const text = await readText(file, warn);
    if (text === null) {
      whole = false;
      continue;
    }
    const parsed = parseKnownHosts(text, file);
    if (parsed.skipped > 0) {
      warn(visibleLine(`${file}: ${String(parsed.skipped)} lines are not usable and were skipped`));
    }
    lines.push(...parsed.lines);
  }
  return { lines, whole };
}

/** Null when the file is there and cannot be read. */
async function readText(file: string, warn: (text: Displayable) => void): Promise<string | null> {
  if (file === NOWHERE) return '';
  let handle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return '';
    warn(visibleLine(`${file} cannot be read (${code}): treated as empty`));
    return null;
  }
  try {
    const odd = oddity(await handle.stat());
    if (odd !== null) throw notKnownHosts(file, odd);
    return await handle.readFile('latin1');
  } finally {
    await handle.close();
  }
}

/** What a file is in place of known hosts; null: nothing speaks against it. */
function oddity(stats: Stats): string | null {
  if (stats.isDirectory()) return 'it is a folder';
  if (stats.isFIFO()) return 'it is a named pipe';
  if (!stats.isFile()) return 'it is a device';
  return stats.size > MAX_FILE_BYTES ? `it is ${String(stats.size)} bytes long` : null;
}

const notKnownHosts = (file: string, odd: string): ConnectError =>
  connectError(
    'not-run',
    visibleLine(`the node was not tried: the known_hosts file ${file} cannot be read: ${odd}`, 400),
    'Put a plain file of at most 16 MiB in its place, or name another one with --known-hosts.',
  );

/**
 * Appends one whole line in one write, mode 0600 when the file is new, after reading again what others may have
 * written meanwhile. To be called only after the server proved the key. Rejects when the file cannot be written.
 */
export function rememberHostKey(
  file: string,
  name: HostName,
  key: Uint8Array,
  hashed: boolean,
): Promise<void> {
  // One after the other within this process: two logins of one host would both find it missing.
  const mine = (writing.get(file) ?? Promise.resolve())
    .catch(() => undefined)
    .then(() => append(file, name, key, hashed));
  writing.set(file, mine);
  const forget = (): void => {
    if (writing.get(file) === mine) writing.delete(file);
  };
  mine.then(forget, forget);
  return mine;
}

const writing = new Map<string, Promise<void>>();

async function append(
  file: string,
  name: HostName,
  key: Uint8Array,
  hashed: boolean,
): Promise<void> {
  if (file === NOWHERE) return;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  const handle = await open(file, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
  try {
    if (oddity(await handle.stat()) !== null) throw new Error('not a plain file');
    const text = await handle.readFile('latin1');
    if (judgeHostKey(parseKnownHosts(text, file).lines, name, key).status !== 'new') return;
    const separator = text === '' || text.endsWith('\n') ? '' : '\n';
    await handle.appendFile(separator + knownHostsLine(name, key, hashed));
  } finally {
    await handle.close();
  }
}
