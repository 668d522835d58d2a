import { InputError } from '../domain/errors.js';

/** One regular file of an archive; `cut` when it is longer than what was asked for. */
export type ArchivedFile = {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly cut: boolean;
  /** Milliseconds since 1970. */
  readonly modified: number;
};

const BLOCK = 512;
const LONGEST_NAME = 65_536;
/** Bounds on an archive that somebody sent; the largest sos reports unpack to a few gigabytes. */
const MOST_ENTRIES = 2_000_000;
const MOST_BYTES = 32 * 1024 ** 3;

type Bytes = {
  /** Exactly so many bytes, or null when the stream ended before. */
  readonly take: (count: number) => Promise<Buffer | null>;
  readonly skip: (count: number) => Promise<boolean>;
};

function bytesOf(chunks: AsyncIterable<Buffer>): Bytes {
  const iterator = chunks[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  let total = 0;
  const more = async (): Promise<boolean> => {
    const next = await iterator.next();
    if (next.done === true) return false;
    held = next.value;
    total += held.length;
    if (total > MOST_BYTES) throw tooLarge();
    return true;
  };
  const pieces = async (count: number, keep: (piece: Buffer) => void): Promise<boolean> => {
    let open = count;
    while (open > 0) {
      if (held.length === 0 && !(await more())) return false;
      const piece = held.subarray(0, open);
      keep(piece);
      open -= piece.length;
      held = held.subarray(piece.length);
    }
    return true;
  };
  return {
    take: async (count) => {
      const parts: Buffer[] = [];
      return (await pieces(count, (piece) => parts.push(piece))) ? Buffer.concat(parts) : null;
    },
    skip: (count) => pieces(count, () => undefined),
  };
}

const tooLarge = (): InputError =>
  new InputError(
    'The archive unpacks to more than is ever read.',
    'Unpack it yourself and name the folder.',
  );

const text = (block: Buffer, from: number, length: number): string => {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
};

/** Octal digits, or for large numbers base 256 with the first bit set (GNU tar). Null when it is neither. */
function numberOf(block: Buffer, from: number, length: number): number | null {
  if (((block[from] ?? 0) & 0x80) !== 0) {
    const value = block.subarray(from + length - 6, from + length).readUIntBE(0, 6);
    return value <= MOST_BYTES ? value : null;
  }
  const digits = text(block, from, length).trim();
  return /^[0-7]{1,12}$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

type Header = { path: string; kind: string; size: number; modified: number };

function headerOf(block: Buffer): Header | null {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  const size = numberOf(block, 124, 12);
  if (numberOf(block, 148, 8) !== sum || size === null) return null;
  const prefix = text(block, 257, 5) === 'ustar' && block[262] === 0 ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    kind: String.fromCharCode(block[156] ?? 0),
    size,
    modified: (numberOf(block, 136, 12) ?? 0) * 1000,
  };
}

/** The value of `path` in a pax header: records of the form `LENGTH path=VALUE`. */
function paxPath(bytes: Buffer): string | null {
  let at = 0;
  while (at < bytes.length) {
    const [, length] = /^(\d{1,7}) /.exec(bytes.toString('latin1', at, at + 9)) ?? [];
    if (length === undefined || Number(length) < 5) return null;
    const record = bytes.toString('utf8', at, at + Number(length) - 1);
    const value = record.slice(length.length + 1);
    if (value.startsWith('path=')) return value.slice(5);
    at += Number(length);
  }
  return null;
}

const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

/**
 * The regular files of a tar stream that are asked for; nothing is written, links are not followed, and every other
 * entry is passed over. `limitOf` answers how many bytes of a file to keep, 0 for none. Ends without the file at which
 * a stream ends too early, after calling `onCut`. Throws InputError for what is no archive or is too large.
 */
export async function* tarFiles(
  chunks: AsyncIterable<Buffer>,
  limitOf: (path: string) => number,
  onCut: () => void,
): AsyncGenerator<ArchivedFile> {
  const source = bytesOf(chunks);
  let longName: string | null = null;
  for (let entries = 0; ; entries += 1) {
    if (entries > MOST_ENTRIES) throw tooLarge();
    const header = await nextHeader(source);
    if (header === 'end') return;
    const item: Item | 'cut' =
      header === 'cut' ? 'cut' : await nextItem(source, header, longName, limitOf);
    if (item === 'cut') {
      onCut();
      return;
    }
    longName = 'name' in item ? item.name : null;
    if ('file' in item && item.file !== null) yield item.file;
  }
}

async function nextHeader(source: Bytes): Promise<Header | 'end' | 'cut'> {
  const block = await source.take(BLOCK);
  if (block === null) return 'cut';
  if (block.every((byte) => byte === 0)) return 'end';
  const header = headerOf(block);
  if (header === null)
    throw new InputError('It is not a tar archive, or it is damaged.', 'Pack the report again.');
  return header;
}

/** What stands behind a header: the name of the next entry, or a file; null for an entry that is passed over. */
type Item = { readonly name: string | null } | { readonly file: ArchivedFile | null };

async function nextItem(
  source: Bytes,
  { kind, size, path: shortName, modified }: Header,
  longName: string | null,
  limitOf: (path: string) => number,
): Promise<Item | 'cut'> {
  if (kind === 'L' || kind === 'x') {
    const block = size > LONGEST_NAME ? null : await source.take(padded(size));
    if (block === null) return 'cut';
    const own = block.subarray(0, size);
    return { name: kind === 'x' ? paxPath(own) : text(own, 0, own.length) };
  }
  const path = longName ?? shortName;
  const isFile = kind === '0' || kind === '\0';
  const keep = isFile ? Math.min(size, limitOf(path)) : 0;
  const bytes = await source.take(keep);
  if (bytes === null || !(await source.skip(padded(size) - keep))) return 'cut';
  return { file: isFile ? { path, bytes, cut: keep < size, modified } : null };
}
