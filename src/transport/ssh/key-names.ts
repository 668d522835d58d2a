import { open } from 'node:fs/promises';
import { constants } from 'node:fs';
import { readKeyFile } from './key-file.js';

const MAX_PUBLIC_BYTES = 64 * 1024;

/** The key blob of an OpenSSH public key or certificate file; null when there is none that can be read. */
export async function publicKeyFile(path: string): Promise<Buffer | null> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (handle === null) return null;
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > MAX_PUBLIC_BYTES) return null;
    const text = await handle.readFile('latin1');
    const base64 = /^[a-z0-9@.-]+ ([A-Za-z0-9+/=]+)/.exec(text)?.[1];
    return base64 === undefined ? null : Buffer.from(base64, 'base64');
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

/** The certificate beside a private key, which ssh presents by itself. */
export const certificateOf = (path: string): string => `${path}-cert.pub`;

/**
 * What the agent may hold of each identity file, in their order: its public half, from FILE.pub as ssh does, else from
 * the private file's clear part, and its certificate. In base64.
 */
export async function namedBlobs(paths: readonly string[]): Promise<readonly string[]> {
  const blobs = await Promise.all(
    paths.map(async (path) => {
      const isPublic = path.endsWith('.pub');
      const open = await publicKeyFile(isPublic ? path : `${path}.pub`);
      const half = open ?? (await readKeyFile(path).catch(() => null))?.publicBlob ?? null;
      return [half, isPublic ? null : await publicKeyFile(certificateOf(path))];
    }),
  );
  return blobs
    .flat()
    .flatMap((blob) => (blob === null ? [] : [Buffer.from(blob).toString('base64')]));
}
