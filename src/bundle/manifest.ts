import { createHash } from 'node:crypto';
import { VerificationError } from '../domain/errors.js';
import type { TarFile } from './tar.js';

export const MANIFEST = 'SHA256SUMS';
export const SIGNATURE = 'SHA256SUMS.sig';

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The files of a bundle in the order in which they are listed and packed. */
export const sorted = (files: readonly TarFile[]): readonly TarFile[] =>
  [...files].sort((a, b) => bytewise(a.path, b.path));

/** What `sha256sum` writes for these files, bytewise sorted. */
export const writeManifest = (files: readonly TarFile[]): string =>
  sorted(files)
    .map(({ path, bytes }) => `${sha256(bytes)}  ${path}\n`)
    .join('');

const bad = (why: string): VerificationError =>
  new VerificationError(
    `The list of files is not acceptable: ${why}.`,
    'Ask the sender for the bundle again.',
  );

/** Digest by path. Throws VerificationError for anything but lines as we write them. */
export function parseManifest(text: string): ReadonlyMap<string, string> {
  if (!text.endsWith('\n')) throw bad('its last line is cut');
  const listed = new Map<string, string>();
  for (const line of text.slice(0, -1).split('\n')) {
    const match =
      /^([0-9a-f]{64}) {2}([A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*)$/.exec(
        line,
      );
    if (match?.[1] === undefined || match[2] === undefined)
      throw bad('a line is not a digest and a plain name');
    if (listed.has(match[2])) throw bad('it lists a file twice');
    listed.set(match[2], match[1]);
  }
  return listed;
}

/** Every listed file is there and matches, and nothing else is there. Throws VerificationError naming the first file. */
export function checkManifest(manifest: string, files: ReadonlyMap<string, Buffer>): void {
  const listed = parseManifest(manifest);
  const refuse = (path: string, why: string): VerificationError =>
    new VerificationError(
      `The bundle was changed: ${path} ${why}.`,
      'Ask the sender for the bundle again.',
    );
  for (const [path, digest] of listed) {
    const bytes = files.get(path);
    if (bytes === undefined) throw refuse(path, 'is missing');
    if (sha256(bytes) !== digest) throw refuse(path, 'does not match its digest');
  }
  for (const path of files.keys()) {
    if (
      !listed.has(path) &&
      path !== MANIFEST &&
      !/^SHA256SUMS\.sig(?:\.[A-Za-z0-9]+)?$/.test(path)
    ) {
      throw refuse(path, 'is not covered by the signature');
    }
  }
}
