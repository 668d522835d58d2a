import { readFile } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { InputError } from '../../domain/errors.js';
import type { SecretRequest } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import { listAgentKeys, type AgentKey } from './agent.js';
import { readKeyFile, unlockKey, type KeyFile } from './key-file.js';
import type { SshOptions } from './options.js';

const PASSPHRASE_TRIES = 3;
/** A fleet looks for its keys about once a second, not once a node; a key that is added meanwhile is still found. */
const SHARED_MS = 1_000;

/** Asks for a secret; null when nobody answers. */
export type Ask = (request: Omit<SecretRequest, 'node'>) => Promise<string | null>;

/** The keys of the agent and of the key files, shared by all nodes: a passphrase is asked once a file. */
export type KeyRing = {
  /** Keys of the agent in the order to offer them, and what kept others from being offered. */
  agentKeys(): Promise<{ readonly keys: readonly AgentKey[]; readonly notes: readonly string[] }>;
  /** Readable key files, those without a passphrase first. */
  files(): Promise<{ readonly files: readonly KeyFile[]; readonly notes: readonly string[] }>;
  /** Null when the passphrase was declined or wrong three times. */
  unlock(file: KeyFile, ask: Ask): Promise<ParsedKey | null>;
};

/** Keys whose passphrase is known, by path; rings may share it. */
export type UnlockedKeys = Map<string, Promise<ParsedKey | null>>;

export function createKeyRing(options: SshOptions, unlocked: UnlockedKeys = new Map()): KeyRing {
  return {
    agentKeys: shared(() => listUsable(options)),
    files: shared(() => readFiles(options.identityFiles)),
    unlock: (file, ask) => {
      const known = unlocked.get(file.path);
      if (known !== undefined) return known;
      const attempt = unlock(file, ask);
      unlocked.set(file.path, attempt);
      // A decline is asked again by a later connection, a broken ask too.
      attempt
        .then((key) => {
          if (key === null) unlocked.delete(file.path);
        })
        .catch(() => {
          unlocked.delete(file.path);
        });
      return attempt;
    },
  };
}

/** One answer for all who ask while it is sought and shortly after; one with something to note is sought again. */
function shared<T extends { readonly notes: readonly string[] }>(
  seek: () => Promise<T>,
): () => Promise<T> {
  let kept: Promise<T> | null = null;
  return () => {
    if (kept !== null) return kept;
    const answer = seek();
    kept = answer;
    const forget = (): void => {
      kept = null;
    };
    answer.then(({ notes }) => {
      if (notes.length > 0) forget();
      else setTimeout(forget, SHARED_MS).unref();
    }, forget);
    return answer;
  };
}

async function listUsable(
  options: SshOptions,
): Promise<{ readonly keys: readonly AgentKey[]; readonly notes: readonly string[] }> {
  if (options.agentSocket === undefined) return { keys: [], notes: [] };
  const listed = await listAgentKeys(options.agentSocket).catch((error: unknown) =>
    error instanceof InputError ? error.message : 'The SSH agent failed',
  );
  if (typeof listed === 'string') return { keys: [], notes: [listed] };
  const usable = listed.filter((key) =>
    /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+)$/.test(key.type),
  );
  const others = listed.filter((key) => !usable.includes(key)).map((key) => key.type);
  const named = await publicBlobs(options.identityFiles);
  const isNamed = (key: AgentKey): boolean => named.includes(key.blob.toString('base64'));
  const rest = options.identitiesOnly === true ? [] : usable.filter((key) => !isNamed(key));
  const notes = [
    ...(listed.length === 0 ? ['the SSH agent holds no keys'] : []),
    ...(others.length === 0
      ? []
      : [`the agent's ${[...new Set(others)].join(', ')} keys cannot be used by this version`]),
  ];
  return { keys: [...usable.filter(isNamed), ...rest], notes };
}

/** Public halves of the identity files: from FILE.pub as ssh does, else from the private file's clear part. */
async function publicBlobs(paths: readonly string[]): Promise<readonly string[]> {
  const blobs = await Promise.all(
    paths.map(async (path) => {
      const pub = path.endsWith('.pub') ? path : `${path}.pub`;
      const text = await readFile(pub, 'latin1').catch(() => '');
      const base64 = /^[a-z0-9@.-]+ ([A-Za-z0-9+/=]+)/.exec(text.slice(0, 16_384))?.[1];
      if (base64 !== undefined) return base64;
      const file = await readKeyFile(path).catch(() => null);
      return file?.publicBlob ? Buffer.from(file.publicBlob).toString('base64') : '';
    }),
  );
  return blobs.filter((blob) => blob !== '');
}

async function readFiles(
  paths: readonly string[],
): Promise<{ readonly files: readonly KeyFile[]; readonly notes: readonly string[] }> {
  const files: KeyFile[] = [];
  const notes: string[] = [];
  for (const path of paths.filter((candidate) => !candidate.endsWith('.pub'))) {
    try {
      files.push(await readKeyFile(path));
    } catch (error) {
      const text = error instanceof InputError ? error.message : 'a key file failed';
      // The default identities of ssh need not exist.
      if (!text.includes('(ENOENT)')) notes.push(text);
    }
  }
  const rank = (file: KeyFile): number => (file.encrypted ? 1 : 0);
  return { files: files.sort((a, b) => rank(a) - rank(b)), notes };
}

async function unlock(file: KeyFile, ask: Ask): Promise<ParsedKey | null> {
  if (!file.encrypted) return unlockKey(file);
  for (let attempt = 0; attempt < PASSPHRASE_TRIES; attempt += 1) {
    const again = attempt === 0 ? '' : 'Wrong. ';
    const prompt = visibleLine(`${again}Passphrase of ${file.path}`);
    const passphrase = await ask({ kind: 'passphrase', prompt, echo: false });
    if (passphrase === null) return null;
    try {
      return unlockKey(file, passphrase);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return null;
}
