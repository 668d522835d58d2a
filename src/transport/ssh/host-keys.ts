import { ConnectError } from '../../domain/errors.js';
import type { PeerRecord } from '../../domain/evidence.js';
import { reason } from '../../domain/reason.js';
import { visibleLine } from '../../domain/visible.js';
import { connectError } from './errors.js';
import { authorityFor, judgeHostKey, knownKeyTypes, lookupName } from './known-hosts.js';
import type { HostName, KnownHostLine } from './known-hosts.js';
import { rememberHostKey, type KnownHostsReader } from './known-hosts-files.js';
import type { SshOptions } from './options.js';
import { fingerprintOf, keyTypeOf, rsaBits } from './wire.js';

/** OpenSSH's RequiredRSASize is 1024; NIST SP 800-131A asks for 2048. */
const WEAK_RSA_BITS = 2048;

/** One connection's judge of its host key. */
export type HostKeyGuard = {
  /** Types of key to ask the server for first. */
  readonly knownTypes: readonly string[];
  /** Pure but for remembering: true only for a key that is known, pinned, or new under accept-new. */
  readonly decide: (key: Buffer) => boolean;
  /** Whether `decide` would take a plain key that nobody has seen. */
  readonly takesNew: () => boolean;
  /** Why `decide` said no. */
  readonly refusal: () => ConnectError | null;
  /** After the login: type, fingerprint, how it was trusted. */
  readonly record: () => PeerRecord['hostKey'];
  /** After the login, which proves the key: pins it for this session and writes it down if it is new. */
  readonly remember: () => Promise<void>;
};

type Judgement =
  | { readonly accept: true; readonly trustedBy: string; readonly persist: boolean }
  | { readonly accept: false; readonly refusal: ConnectError };

/** Asks known_hosts for one connection. Nobody is asked inside a handshake: an unknown key ends the attempt. */
export async function guardHostKey(
  options: SshOptions,
  knownHosts: KnownHostsReader,
  node: string,
  name: HostName,
): Promise<HostKeyGuard> {
  const warn = options.onWarning ?? (() => undefined);
  const lines = await knownHosts.linesFor(name);
  let seen: { readonly key: Buffer; readonly judgement: Judgement } | null = null;
  return {
    knownTypes: typesToAskFor(lines, name, options.pins.keyOf(name.host, name.port)),
    decide: (key) => {
      const judgement = judge(options, lines, node, name, key);
      seen = { key: Buffer.from(key), judgement };
      return judgement.accept;
    },
    takesNew: () =>
      options.hostKeyPolicy === 'accept-new' &&
      judge(options, lines, node, name, Buffer.from('a key of nobody')).accept,
    refusal: () => (seen?.judgement.accept === false ? seen.judgement.refusal : null),
    record: () =>
      seen?.judgement.accept === true
        ? {
            ...describeKey(seen.key),
            ...bitsOf(seen.key),
            trustedBy: seen.judgement.trustedBy,
          }
        : undefined,
    remember: async () => {
      if (seen?.judgement.accept !== true) return;
      const { key, judgement } = seen;
      if ((rsaBits(key) ?? WEAK_RSA_BITS) < WEAK_RSA_BITS) {
        warn(visibleLine(`${lookupName(name)} has an RSA host key below 2048 bits`));
      }
      options.pins.accept({ ...name, key: key.toString('base64') });
      const file = options.knownHostsFiles.write;
      if (!judgement.persist || file === null) return;
      await rememberHostKey(file, name, key, options.knownHostsFiles.hashNew ?? false).catch(() => {
        warn(visibleLine(`The host key of ${lookupName(name)} could not be written to ${file}`));
      });
    },
  };
}

function typesToAskFor(
  lines: readonly KnownHostLine[],
  name: HostName,
  pinned: string | undefined,
): readonly string[] {
  const known = knownKeyTypes(lines, name);
  if (known.length > 0 || pinned === undefined) return known;
  return [keyTypeOf(Buffer.from(pinned, 'base64')) ?? ''];
}

function judge(
  options: SshOptions,
  lines: readonly KnownHostLine[],
  node: string,
  name: HostName,
  key: Buffer,
): Judgement {
  const verdict = judgeHostKey(lines, name, key);
  if (verdict.status === 'known') {
    const trustedBy = `${verdict.at.file}:${String(verdict.at.line)}`;
    return { accept: true, trustedBy, persist: false };
  }
  if (verdict.status !== 'new') return refuse(mismatch(verdict.status, name, key, verdict.at));
  const pinned = options.pins.keyOf(name.host, name.port);
  if (pinned === key.toString('base64')) {
    return { accept: true, trustedBy: 'accepted by the operator', persist: true };
  }
  if (pinned !== undefined) return refuse(otherThanAccepted(name, key, pinned));
  const authority = authorityFor(lines, name);
  if (authority !== undefined) return refuse(certified(name, key, authority));
  if (options.hostKeyPolicy === 'accept-new') {
    return { accept: true, trustedBy: 'accept-new', persist: true };
  }
  return refuse(unknownKey(options, node, name, key));
}

const refuse = (refusal: ConnectError): Judgement => ({ accept: false, refusal });

function mismatch(
  status: 'changed' | 'revoked',
  name: HostName,
  key: Buffer,
  at: KnownHostLine,
): ConnectError {
  const where = visibleLine(`${at.file}:${String(at.line)}`);
  const shown = describeKey(key);
  const shownText = `${shown.type} ${shown.fingerprint}`;
  if (status === 'revoked') {
    return connectError(
      'host-key-revoked',
      `${lookupName(name)}: it shows the key ${shownText}, which ${where} marks as revoked`,
      'Do not enter this node; give it a new host key first.',
    );
  }
  return connectError(
    'host-key-changed',
    `${lookupName(name)}: it shows ${shownText}, but ${where} holds ${at.type} ${fingerprintOf(at.key)}`,
    `Compare the key at the node itself; only if the change is right, run in another terminal: ${removalCommand(at, name)}`,
  );
}

const removalCommand = (at: KnownHostLine, name: HostName): string =>
  visibleLine(`ssh-keygen -f ${quote(at.file)} -R ${quote(lookupName(name))}`, 400);
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function otherThanAccepted(name: HostName, key: Buffer, pinned: string): ConnectError {
  const shown = describeKey(key);
  const before = fingerprintOf(Buffer.from(pinned, 'base64'));
  return connectError(
    'host-key-changed',
    `${lookupName(name)}: it shows ${shown.type} ${shown.fingerprint}, but in this session ${before} was accepted`,
    'Compare the key at the node itself; start anew only if the change is right.',
  );
}

/**
 * ssh2 speaks no host certificates. A plain key that nobody vouches for is neither taken nor asked about where an
 * authority vouches for the right one: the user's own ssh can tell.
 */
function certified(name: HostName, key: Buffer, authority: KnownHostLine): ConnectError {
  const shown = describeKey(key);
  const at = visibleLine(`${authority.file}:${String(authority.line)}`);
  return new ConnectError(
    reason(
      'host-key-unknown',
      `${lookupName(name)}: ${at} trusts its host certificate (@cert-authority), which only the ssh command can check; its plain key ${shown.type} ${shown.fingerprint} is not in known_hosts`,
    ),
    'Use --transport openssh, which runs your own ssh.',
    ['its host certificate (@cert-authority in known_hosts)'],
  );
}

function unknownKey(options: SshOptions, node: string, name: HostName, key: Buffer): ConnectError {
  const shown = describeKey(key);
  const asks = options.hostKeyPolicy === 'ask';
  if (asks) {
    options.onUnknownHostKey({ node, ...name, ...shown, key: key.toString('base64') });
  }
  return connectError(
    'host-key-unknown',
    `${lookupName(name)}: its key ${shown.type} ${shown.fingerprint} is not in known_hosts`,
    asks
      ? 'Compare the fingerprint at the node itself, then accept the key.'
      : 'Compare the fingerprint at the node itself, then add the key with ssh-keyscan, or use --host-key accept-new.',
  );
}

function bitsOf(key: Buffer): { readonly bits?: number } {
  const bits = rsaBits(key);
  return bits === null ? {} : { bits };
}

function describeKey(key: Buffer): { readonly type: string; readonly fingerprint: string } {
  return { type: keyTypeOf(key) ?? 'unknown', fingerprint: fingerprintOf(key) };
}
