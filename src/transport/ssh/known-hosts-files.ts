import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../../domain/errors.js';
import { visibleLine, type Displayable } from '../../domain/visible.js';
import { errorCode } from './key-file.js';
import { judgeHostKey, knownHostsLine, parseKnownHosts } from './known-hosts.js';
import type { HostName, KnownHostLine } from './known-hosts.js';

const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * All usable lines of these files, in order. A missing file is empty, an unreadable one is empty with a warning; a
 * folder, a FIFO or a huge file is an InputError, for it was not meant.
 */
export async function readKnownHosts(
  files: readonly string[],
  warn: (text: Displayable) => void,
): Promise<readonly KnownHostLine[]> {
  const lines: KnownHostLine[] = [];
  for (const file of files) {
    const text = await readText(file, warn);
    const parsed = parseKnownHosts(text, file);
    if (parsed.skipped > 0) {
      warn(visibleLine(`${file}: ${String(parsed.skipped)} lines are not usable and were skipped`));
    }
    lines.push(...parsed.lines);
  }
  return lines;
}

async function readText(file: string, warn: (text: Displayable) => void): Promise<string> {
  let handle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT') warn(visibleLine(`${file} cannot be read (${code}): treated as empty`));
    return '';
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > MAX_FILE_BYTES) {
      throw new InputError(
        `${visibleLine(file)} is not a known_hosts file`,
        'Name a plain file of at most 16 MiB with --known-hosts.',
      );
    }
    return await handle.readFile('latin1');
  } finally {
    await handle.close();
  }
}

/**
 * Appends one whole line in one write, mode 0600 when the file is new, after reading again what others may have
 * written meanwhile. To be called only after the server proved the key. Rejects when the file cannot be written.
 */
export async function rememberHostKey(
  file: string,
  name: HostName,
  key: Uint8Array,
  hashed: boolean,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  const handle = await open(file, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > MAX_FILE_BYTES) throw new Error('not a plain file');
    const text = await handle.readFile('latin1');
    if (judgeHostKey(parseKnownHosts(text, file).lines, name, key).status !== 'new') return;
    const separator = text === '' || text.endsWith('\n') ? '' : '\n';
    await handle.appendFile(separator + knownHostsLine(name, key, hashed));
  } finally {
    await handle.close();
  }
}
