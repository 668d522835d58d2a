import { access } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { InputError } from '../../domain/errors.js';
import type { SecretRequest } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import { listAgentKeys, type AgentKey } from './agent.js';
import { readKeyFile, unlockKey, type KeyFile } from './key-file.js';
import { certificateOf, namedBlobs, publicKeyFile } from './key-names.js';
import type { SshOptions } from './options.js';
import { keyTypeOf } from './wire.js';

const PASSPHRASE_TRIES = 3;
/** A fleet looks for its keys about once a second, not once a node; a key that is added meanwhile is still found. */
const SHARED_MS = 1_000;

/** Asks for a secret; null when nobody answers. */
export type Ask = (request: Omit<SecretRequest, 'node'>) => Promise<string | null>;

/** What kept keys from being offered, and those among them that the user's own ssh could use. */
export type KeyNotes = {
  readonly notes: readonly string[];
  readonly needsOpenSsh: readonly string[];
};

/** The keys of the agent and of the key files, shared by all nodes: a passphrase is asked once a file. */
export type KeyRing = {
  /** Keys of the agent in the order to offer them: those that an identity file names come first, in its order. */
  agentKeys(): Promise<KeyNotes & { readonly keys: readonly AgentKey[] }>;
  /** Readable key files, those without a passphrase first. */
  files(): Promise<KeyNotes & { readonly files: readonly KeyFile[] }>;
  /** Null when the passphrase was declined. Rejects with InputError when it was wrong three times, or the key cannot be read. */
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
): Promise<KeyNotes & { readonly keys: readonly AgentKey[] }> {
  const nothing = { keys: [], notes: [], needsOpenSsh: [] };
  if (options.agentSocket === undefined) return nothing;
  const listed = await listAgentKeys(options.agentSocket).catch((error: unknown) =>
    error instanceof InputError ? error.message : 'The SSH agent failed',
  );
  if (typeof listed === 'string') return { ...nothing, notes: [listed] };
  // `ssh-add -x` makes it answer as if it were empty (ssh-agent.c).
  if (listed.length === 0) {
    return { ...nothing, notes: ['the SSH agent holds no keys, or is locked (ssh-add -X)'] };
  }
  const named = await namedBlobs(options.identityFiles);
  const rank = (key: AgentKey): number => named.indexOf(key.blob.toString('base64'));
  const mine = listed.filter((key) => rank(key) >= 0).sort((a, b) => rank(a) - rank(b));
  const rest = options.identitiesOnly === true ? [] : listed.filter((key) => rank(key) < 0);
  const keys = [...mine, ...rest];
  const others = [...new Set(keys.filter((key) => !isUsable(key)).map(({ type }) => type))];
  const needsOpenSsh = others.map((type) => `the agent's ${type} key`);
  return { keys: keys.filter(isUsable), notes: notUsed(needsOpenSsh), needsOpenSsh };
}

const isUsable = ({ type }: AgentKey): boolean =>
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+)$/.test(type);

const notUsed = (needs: readonly string[]): readonly string[] =>
  needs.map((what) => `${what} was not offered: only the ssh command can use it`);

async function readFiles(
  paths: readonly string[],
): Promise<KeyNotes & { readonly files: readonly KeyFile[] }> {
  const files: KeyFile[] = [];
  const notes: string[] = [];
  const needsOpenSsh: string[] = [];
  for (const path of paths.filter((candidate) => !candidate.endsWith('.pub'))) {
    const certificate = certificateOf(path);
    if (await exists(certificate)) needsOpenSsh.push(`the certificate ${visibleLine(certificate)}`);
    try {
      const file = await readKeyFile(path);
      // FILE.pub, as ssh does: so that a key which the agent has already offered asks for no passphrase.
      const publicBlob = file.publicBlob ?? (await publicKeyFile(`${path}.pub`));
      const isToken = publicBlob !== null && (keyTypeOf(publicBlob) ?? '').startsWith('sk-');
      if (isToken) needsOpenSsh.push(`the security key ${visibleLine(path)}`);
      else files.push({ ...file, publicBlob });
    } catch (error) {
      const text = error instanceof InputError ? error.message : 'a key file failed';
      // The default identities of ssh need not exist.
      if (!text.includes('(ENOENT)')) notes.push(text);
    }
  }
  const locked = (file: KeyFile): number => (file.encrypted ? 1 : 0);
  return {
    files: files.sort((a, b) => locked(a) - locked(b)),
    notes: [...notes, ...notUsed(needsOpenSsh)],
    needsOpenSsh,
  };
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function unlock(file: KeyFile, ask: Ask): Promise<ParsedKey | null> {
  if (!file.encrypted) return unlockKey(file);
  for (let attempt = 1; ; attempt += 1) {
    const again = attempt === 1 ? '' : 'Wrong. ';
    const prompt = visibleLine(`${again}Passphrase of ${file.path}`);
    const passphrase = await ask({ kind: 'passphrase', prompt, echo: false });
    if (passphrase === null) return null;
    try {
      return await unlockKey(file, passphrase);
    } catch (error) {
      if (!(error instanceof InputError) || attempt === PASSPHRASE_TRIES) throw error;
    }
  }
}
