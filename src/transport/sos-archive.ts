import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { InputError } from '../domain/errors.js';
import type { NodeEvidence } from '../domain/evidence.js';
import type { AnyProbe } from '../domain/probe.js';
import { visibleLine } from '../domain/visible.js';
import type { Warn } from './recorded.js';
import { sosEvidence, sosLimit, type SosFile } from './sos-report.js';
import { tarFiles } from './tar-stream.js';

export type Packing = 'gzip' | 'xz' | 'tar';

/** How these first bytes of a file are packed (at least 262 of them); null for anything else. */
export function packingOf(head: Uint8Array): Packing | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  if (bytes.toString('latin1', 0, 6) === '\u00fd7zXZ\0') return 'xz';
  return bytes.toString('latin1', 257, 262) === 'ustar' ? 'tar' : null;
}

const SUFFIX = /\.(?:tar(?:\.(?:xz|gz))?|tgz|txz)$/;

/** The node's name is the file's, without what says how it is packed. */
const nodeOf = (path: string): string => basename(path).replace(SUFFIX, '');

function unpacked(path: string, packing: Packing): AsyncIterable<Buffer> {
  // Not opened here for xz: a stream that nobody reads would tell its error to nobody, and end the process.
  if (packing === 'xz') return throughXz(path);
  const file = createReadStream(path);
  if (packing === 'tar') return file as AsyncIterable<Buffer>;
  const stream = createGunzip();
  file.once('error', (error) => stream.destroy(error));
  return file.pipe(stream) as AsyncIterable<Buffer>;
}

/** Node has no xz of its own: the machine's is used, which writes to us alone. */
async function* throughXz(path: string): AsyncGenerator<Buffer> {
  const child = spawn('xz', ['-dc', '--', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => {
      resolve(null);
    });
    child.once('close', resolve);
  });
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    if ((await ended) === null)
      throw new InputError(
        'This report is packed with xz, which is not installed here.',
        `Install xz, or unpack the report with tar -xJf and name its folder.`,
      );
  } finally {
    child.kill();
  }
}

/**
 * Evidence from a packed sos report (tar, alone or in gzip or xz). Nothing is written: only the files that probes ask
 * for are kept, in memory. Null when the archive is none. Rejects with InputError for damaged archives.
 */
export async function readSosArchive(
  path: string,
  packing: Packing,
  probes: readonly AnyProbe[],
  warn: Warn,
): Promise<NodeEvidence | null> {
  const files = new Map<string, SosFile>();
  const seen = { report: false };
  const below = (name: string): string => name.replace(/^(?:\.\/)?[^/]{1,255}\//, '');
  const limitOf = (name: string): number => {
    const own = below(name);
    if (own.startsWith('sos_commands/')) seen.report = true;
    return sosLimit(own);
  };
  const onCut = (): void => {
    warn(visibleLine(`${path}: it is cut short; what comes before its end is read`));
  };
  try {
    for await (const { path: name, ...file } of tarFiles(unpacked(path, packing), limitOf, onCut))
      if (sosLimit(below(name)) > 0) files.set(below(name), file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (!seen.report) return null;
    // zlib's complaint about a stream that ends too early or is damaged.
    onCut();
  }
  return seen.report ? sosEvidence(nodeOf(path), files, probes) : null;
}
