import { createHmac, randomBytes } from 'node:crypto';
import { keyTypeOf, readSshString, rsaBits } from './wire.js';

/** One usable line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export type KnownHostLine = {
  readonly file: string;
  readonly line: number;
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
};

/** A host as known_hosts names it. */
export type HostName = { readonly host: string; readonly port: number };

export type HostKeyStatus =
  | { readonly status: 'known'; readonly at: KnownHostLine }
  | { readonly status: 'changed' | 'revoked'; readonly at: KnownHostLine }
  | { readonly status: 'new' };

const MAX_LINE = 64 * 1024;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Reads one file's text. Lines that OpenSSH would not use are counted and skipped. */
export function parseKnownHosts(
  text: string,
  file: string,
): { readonly lines: readonly KnownHostLine[]; readonly skipped: number } {
  const lines: KnownHostLine[] = [];
  let skipped = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    // OpenSSH handles lines as C strings: what follows a NUL is not seen.
    const body = (raw.split('\0', 1)[0] ?? '').replace(/^[ \t]+|[ \t\r]+$/g, '');
    if (body === '' || body.startsWith('#')) continue;
    const line = body.length > MAX_LINE ? null : parseLine(body, file, index + 1);
    if (line === null) skipped += 1;
    else lines.push(line);
  }
  return { lines, skipped };
}

function parseLine(body: string, file: string, line: number): KnownHostLine | null {
  const fields = body.split(/[ \t]+/);
  const marker = markerOf(fields[0] ?? '');
  if (marker === null) return null;
  const [hosts = '', word = '', base64 = ''] = marker === 'none' ? fields : fields.slice(1);
  if (!BASE64.test(base64)) return null;
  const key = Buffer.from(base64, 'base64');
  // sshkey.c reads the names of RSA signature algorithms as the type of the key, too.
  const type = /^rsa-sha2-(256|512)$/.test(word) ? 'ssh-rsa' : word;
  return keyTypeOf(key) === type && isWholeKey(key, type)
    ? { file, line, marker, hosts, type, key }
    : null;
}

function markerOf(word: string): KnownHostLine['marker'] | null {
  if (!word.startsWith('@')) return 'none';
  if (word === '@revoked') return 'revoked';
  return word === '@cert-authority' ? 'cert-authority' : null;
}

/**
 * Fields after the type by RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4 and PROTOCOL.u2f, each checked as sshkey.c does. What is
 * of another type, cut, or too short to be a key is a line that OpenSSH does not see, and so says nothing of a host.
 */
const FIELDS: Readonly<Record<string, readonly ((field: Buffer) => boolean)[]>> = (() => {
  const some = (field: Buffer): boolean => field.length > 0;
  const any = (): boolean => true;
  const ed25519 = (field: Buffer): boolean => field.length === 32;
  const curve =
    (name: string) =>
    (field: Buffer): boolean =>
      field.toString('latin1') === name;
  const ecdsa = (name: string): [string, readonly ((field: Buffer) => boolean)[]] => [
    `ecdsa-sha2-${name}`,
    [curve(name), some],
  ];
  return {
    'ssh-ed25519': [ed25519],
    'ssh-rsa': [some, some],
    'ssh-dss': [some, some, some, some],
    'sk-ssh-ed25519@openssh.com': [ed25519, any],
    'sk-ecdsa-sha2-nistp256@openssh.com': [curve('nistp256'), some, any],
    ...Object.fromEntries(['nistp256', 'nistp384', 'nistp521'].map(ecdsa)),
  };
})();

/** SSH_RSA_MINIMUM_MODULUS_SIZE of OpenSSH. */
const LEAST_RSA_BITS = 1024;

function isWholeKey(key: Buffer, type: string): boolean {
  const fields = FIELDS[type];
  if (fields === undefined) return false;
  let at = readSshString(key, 0)?.next ?? -1;
  for (const isGood of fields) {
    const next = readSshString(key, at);
    if (next === null || !isGood(next.value)) return false;
    at = next.next;
  }
  return at === key.length && (rsaBits(key) ?? LEAST_RSA_BITS) >= LEAST_RSA_BITS;
}

/**
 * What known_hosts says of a key, as OpenSSH decides it (hostfile.c, sshconnect.c): a revoked key beats all, an equal
 * key is known, any other key of whatever type for the same name means changed. A host on another port than 22 is
 * looked up as `[host]:port`, and by its bare name only when that is new.
 */
export function judgeHostKey(
  lines: readonly KnownHostLine[],
  name: HostName,
  key: Uint8Array,
): HostKeyStatus {
  const status = judgeName(lines, lookupName(name), key);
  if (status.status !== 'new' || name.port === 22) return status;
  const bare = judgeName(lines, name.host.toLowerCase(), key);
  return bare.status === 'changed' ? status : bare;
}

function judgeName(lines: readonly KnownHostLine[], name: string, key: Uint8Array): HostKeyStatus {
  const matching = lines.filter((line) => matchesHost(line.hosts, name));
  const revoked = matching.find((line) => line.marker === 'revoked' && line.key.equals(key));
  if (revoked !== undefined) return { status: 'revoked', at: revoked };
  const plain = matching.filter((line) => line.marker === 'none');
  const equal = plain.find((line) => line.key.equals(key));
  if (equal !== undefined) return { status: 'known', at: equal };
  const [other] = plain;
  return other === undefined ? { status: 'new' } : { status: 'changed', at: other };
}

/** Key types known for a host, so that the server is asked for one of them first. */
export function knownKeyTypes(lines: readonly KnownHostLine[], name: HostName): readonly string[] {
  const typesOf = (lookup: string): readonly string[] => [
    ...new Set(
      lines
        .filter((line) => line.marker === 'none' && matchesHost(line.hosts, lookup))
        .map((line) => line.type),
    ),
  ];
  const own = typesOf(lookupName(name));
  return own.length > 0 || name.port === 22 ? own : typesOf(name.host.toLowerCase());
}

/** The line of a certificate authority for this host, if there is one. */
export function authorityFor(
  lines: readonly KnownHostLine[],
  name: HostName,
): KnownHostLine | undefined {
  const names = [lookupName(name), name.host.toLowerCase()];
  return lines.find(
    ({ marker, hosts }) =>
      marker === 'cert-authority' && names.some((lookup) => matchesHost(hosts, lookup)),
  );
}

/** `host`, or `[host]:port` for another port than 22; lower-case. */
export function lookupName(name: HostName): string {
  const host = name.host.toLowerCase();
  return name.port === 22 ? host : `[${host}]:${String(name.port)}`;
}

/** A whole line to append for an accepted key. */
export function knownHostsLine(name: HostName, key: Uint8Array, hashed: boolean): string {
  const type = keyTypeOf(key) ?? '';
  const host = hashed ? hashName(lookupName(name), randomBytes(20)) : lookupName(name);
  return `${host} ${type} ${Buffer.from(key).toString('base64')}\n`;
}

function hashName(name: string, salt: Uint8Array): string {
  const digest = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${Buffer.from(salt).toString('base64')}|${digest}`;
}

/** Whether the host field of a line, hashed or with patterns, names this host. */
export function matchesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) {
    const [, version, salt = '', digest = ''] = hosts.split('|');
    if (version !== '1' || salt === '' || !BASE64.test(salt) || !BASE64.test(digest)) return false;
    return hashName(name, Buffer.from(salt, 'base64')) === `|1|${salt}|${digest}`;
  }
  let matched = false;
  for (const pattern of hosts.split(',')) {
    const negated = pattern.startsWith('!');
    const glob = (negated ? pattern.slice(1) : pattern).toLowerCase();
    if (!matchesGlob(glob, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

/** `*` and `?` as in match.c; no regular expression, so that no pattern can make it slow. */
function matchesGlob(glob: string, text: string): boolean {
  let at = 0;
  let index = 0;
  let star = -1;
  let mark = 0;
  while (index < text.length) {
    if (glob[at] === '*') {
      star = at;
      mark = index;
      at += 1;
    } else if (glob[at] === '?' || glob[at] === text[index]) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      mark += 1;
      index = mark;
    } else {
      return false;
    }
  }
  return /^\**$/.test(glob.slice(at));
}
