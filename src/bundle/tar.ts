import { VerificationError } from '../domain/errors.js';

/** One regular file of an archive. */
export type TarFile = { readonly path: string; readonly bytes: Uint8Array };

const BLOCK = 512;
/** Bounds on an archive that somebody sent (security.md B12, 96). */
const MOST_ENTRIES = 200_000;
const MOST_BYTES = 1024 * 1024 * 1024;
/** The names we write: short, ASCII, relative, no part that begins with a dot. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/;

const bad = (why: string): VerificationError =>
  new VerificationError(
    `The bundle is not acceptable: ${why}.`,
    'Ask the sender for the bundle again.',
  );

/** A ustar archive of regular files with fixed owners and modes: the same files give the same bytes (POSIX.1-2017, pax). */
export function writeTar(files: readonly TarFile[], mtimeSeconds: number): Buffer {
  const parts = files.flatMap(({ path, bytes }) => {
    if (!NAME.test(path) || path.length > 99) throw new Error(`not a name for a bundle: ${path}`);
    return [
      header(path, bytes.length, mtimeSeconds),
      bytes,
      Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK),
    ];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(path: string, size: number, mtime: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number): string =>
    `${value.toString(8).padStart(width - 1, '0')}\0`;
  block.write(path, 0, 'latin1');
  block.write(
    octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(mtime, 12),
    100,
    'latin1',
  );
  block.write('        0', 148, 'latin1');
  block.write('ustar\u000000', 257, 'latin1');
  block.write(octal(checksum(block), 7) + ' ', 148, 'latin1');
  return block;
}

// The checksum counts its own field as eight spaces.
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum;
}

const text = (block: Buffer, from: number, length: number): string => {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? length : end);
};

function octalField(block: Buffer, from: number, length: number): number {
  const field = text(block, from, length).trim();
  if (!/^[0-7]{1,12}$/.test(field)) throw bad('a number in a header is not octal');
  return Number.parseInt(field, 8);
}

type Entry = { readonly path: string; readonly kind: string; readonly size: number };

function readHeader(block: Buffer): Entry {
  if (octalField(block, 148, 8) !== checksum(block)) throw bad('a header has a wrong checksum');
  const prefix = text(block, 257, 5) === 'ustar' && block[262] === 0 ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const path = (prefix === '' ? name : `${prefix}/${name}`).replace(/^\.\//, '');
  return { path, kind: String.fromCharCode(block[156] ?? 0), size: octalField(block, 124, 12) };
}

/** A pax header may only speak of times and owners; one that renames or resizes what follows is an attack. */
function refuseHiddenNames(bytes: Buffer): void {
  if (
    /(?:^|\n)\d+ (?:path|linkpath|size|GNU\.sparse|SCHILY\.filetype)/.test(bytes.toString('latin1'))
  ) {
    throw bad('an extended header renames or resizes a file');
  }
}

/**
 * The regular files of an archive, read in memory and never extracted. Folders are passed over, so that an archive packed
 * again by any tar is read alike; links, devices, sparse files and every other kind are refused.
 * Throws VerificationError.
 */
export function readTar(archive: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  let [at, bytes, entries] = [0, 0, 0];
  for (;;) {
    if (at + BLOCK > archive.length) throw bad('it is cut short');
    const block = archive.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) break;
    const entry = readHeader(block);
    const content = archive.subarray(at + BLOCK, at + BLOCK + entry.size);
    if (content.length < entry.size) throw bad('it is cut short');
    entries += 1;
    bytes += entry.size;
    if (entries > MOST_ENTRIES || bytes > MOST_BYTES) throw bad('it is too large');
    addEntry(files, entry, content);
    at += BLOCK + Math.ceil(entry.size / BLOCK) * BLOCK;
  }
  if (archive.subarray(at).some((byte) => byte !== 0)) throw bad('something follows its end');
  return files;
}

function addEntry(files: Map<string, Buffer>, { path, kind }: Entry, content: Buffer): void {
  if (kind === 'x' || kind === 'g') refuseHiddenNames(content);
  else if (kind === '5') refuseName(path.replace(/\/$/, ''), true);
  else if (kind === '0' || kind === '\0') {
    refuseName(path, false);
    if (files.has(path)) throw bad('it holds a file twice');
    files.set(path, content);
  } else throw bad('it holds something other than plain files');
}

function refuseName(path: string, isFolder: boolean): void {
  // `tar -C FOLDER .` begins with ./ itself, of which nothing is left.
  if (isFolder && (path === '' || path === '.')) return;
  if (!NAME.test(isFolder ? `${path}/x` : path)) throw bad('it holds a file with an unsafe name');
}
