import { reason, type Reason } from './reason.js';
import type { UnknownHostKey } from './transport.js';
import { visibleLine, type Displayable } from './visible.js';

/** One host key of a list that the operator has from elsewhere: from the nodes' consoles, or from who set them up. */
export type ListedKey = {
  /** Lower-case, as the list has them; none when the line has no name. */
  readonly names: readonly string[];
  /** A name stands there on purpose, and not as the `user@host` that ssh-keygen writes behind a key. */
  readonly placed: boolean;
  /** `SHA256:…` of a line of fingerprints, or the base64 of a line with the key itself. */
  readonly identity: string;
  readonly revoked: boolean;
};

export type HostKeyList = {
  readonly keys: readonly ListedKey[];
  /** Lines that say nothing that could be compared. */
  readonly unread: number;
};

/** What a list says of a key that a server showed. */
export type ListVerdict =
  | { readonly kind: 'agrees' | 'unlisted' }
  | { readonly kind: 'differs'; readonly why: Displayable };

const MOST_LINES = 50_000;
const LONGEST_LINE = 16_384;
const FINGERPRINT = /SHA256:[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/])/;
const KEY_TYPE = /^(?:ssh-|ecdsa-sha2-|sk-)[a-z0-9@.-]+$/;

/**
 * Reads lines as `ssh-keygen -lf` prints them, of known_hosts and of *.pub files, and lines with a host name and
 * `SHA256:…` in any order. Hashed names, patterns, MD5 fingerprints and authorities are counted as unread.
 */
export function parseHostKeyList(text: string): HostKeyList {
  const keys: ListedKey[] = [];
  let unread = 0;
  for (const raw of text.split(/\r?\n/, MOST_LINES)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const key = line.length > LONGEST_LINE ? null : parseLine(line);
    if (key === null) unread += 1;
    else keys.push(key);
  }
  return { keys, unread };
}

function parseLine(line: string): ListedKey | null {
  const revoked = line.startsWith('@revoked');
  if (line.startsWith('@') && !revoked) return null;
  const words = line.split(/[\s,;|=]+/).filter((word) => word !== '');
  const fingerprint = FINGERPRINT.exec(line)?.[0];
  if (fingerprint !== undefined) {
    const identity = fingerprint;
    const rest = words.filter((word) => !word.includes('SHA256:'));
    return { ...named(rest), identity, revoked };
  }
  return parseKeyLine(line.split(/\s+/).slice(revoked ? 1 : 0), revoked);
}

/** `[host] type base64 [comment]`. In a line of known_hosts `|` and `=` belong to hashes and to base64. */
function parseKeyLine(fields: readonly string[], revoked: boolean): ListedKey | null {
  const at = fields.findIndex((word) => KEY_TYPE.test(word));
  const blob = fields[at + 1] ?? '';
  if (at < 0 || at > 1 || !/^AAAA[A-Za-z0-9+/]{20,}={0,2}$/.test(blob)) return null;
  const identity = blob.replace(/=+$/, '');
  // A revoked key is nobody's, whatever the names in front of it.
  if (revoked) return { ...named([]), identity, revoked };
  const hosts = at === 1 ? (fields[0] ?? '') : fields.slice(2).join(',');
  return /[|*?!]/.test(hosts) ? null : { ...named(hosts.split(',')), identity, revoked };
}

const named = (words: readonly string[]): Pick<ListedKey, 'names' | 'placed'> => ({
  names: words.flatMap(namesOf),
  placed: words.some((word) => !word.includes('@') && namesOf(word).length > 0),
});

/** The names in one word of a line: not its bits, its type, or the words of a key without comment. */
function namesOf(word: string): readonly string[] {
  if (/^\d{3,5}$|^\((?:[A-Z0-9-]+)\)$|^(?:no|comment)$|^@revoked$/.test(word)) return [];
  if (KEY_TYPE.test(word)) return [];
  // `root@node1` is the comment that ssh-keygen gives a host key on node1.
  const name = word.replace(/^.*@/, '').replace(/[:.]$/, '').toLowerCase();
  return name === '' ? [] : [name];
}

/** Everything that a list may call a node by. */
type Named = Pick<UnknownHostKey, 'node' | 'host' | 'port'>;

function isNamed(listed: ListedKey, { node, host, port }: Named): boolean {
  const own = [node, host, `[${host}]:${String(port)}`, `${host}:${String(port)}`];
  return listed.names.some((name) => own.some((known) => isSame(name, known.toLowerCase())));
}

/** `node1` and `node1.example.com` are one host; `10.0.0.1` is nobody else. */
function isSame(a: string, b: string): boolean {
  if (a === b) return true;
  const short = (name: string): string => name.split('.', 1)[0] ?? '';
  const oneIsShort = !a.includes('.') || !b.includes('.');
  return oneIsShort && /^[a-z]/.test(a) && !/[:[]/.test(`${a}${b}`) && short(a) === short(b);
}

/**
 * Compares a key that a server showed with the list. A node that the list names has to show one of its keys, of
 * whatever type, as known_hosts has it; a key without a name on the list counts for whoever shows it; a key
 * that the list gives to somebody else does not.
 */
export function compareWithList(
  list: HostKeyList,
  key: UnknownHostKey,
  fleet: readonly Named[],
): ListVerdict {
  const blob = key.key.replace(/=+$/, '');
  const equal = list.keys.filter(
    ({ identity }) => identity === key.fingerprint || identity === blob,
  );
  if (equal.some(({ revoked }) => revoked)) return differs('your list marks this key as revoked');
  if (equal.some((listed) => isNamed(listed, key))) return { kind: 'agrees' };
  const mine = list.keys.filter((listed) => !listed.revoked && isNamed(listed, key));
  if (mine.length > 0) {
    const held = mine.map(({ identity }) => identity).filter((one) => one.startsWith('SHA256:'));
    return differs(`your list holds ${held[0] ?? 'another key'} for it`);
  }
  const owner = fleet.find((node) => equal.some((listed) => isNamed(listed, node)));
  if (owner !== undefined) return differs(`your list gives this key to ${owner.node}`);
  return { kind: equal.some(({ placed }) => !placed) ? 'agrees' : 'unlisted' };
}

const differs = (why: string): ListVerdict => ({ kind: 'differs', why: visibleLine(why, 200) });

/** Why a node whose key differs from the list is not entered. */
export const differsFromList = (key: UnknownHostKey, why: Displayable): Reason =>
  reason(
    'host-key-changed',
    visibleLine(
      `${key.host}:${String(key.port)} shows ${key.type} ${key.fingerprint}, but ${why}`,
      400,
    ),
  );

export const AFTER_A_DIFFERENCE =
  'Compare the key on the console of the node; correct your list only if it is wrong, then connect again.';
