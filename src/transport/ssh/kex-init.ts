import type { Algorithms } from 'ssh2';
import { visibleLine } from '../../domain/visible.js';
import { readSshString } from './wire.js';

const SSH_MSG_KEXINIT = 20;
const COOKIE = 16;

/** The name-lists of RFC 4253 7.1, in their order, as far as they are looked at. */
const LISTS = ['kex', 'serverHostKey', 'cipher', 'cipherIn', 'hmac', 'hmacIn'] as const;
export type OfferKind = 'kex' | 'serverHostKey' | 'cipher' | 'hmac';

/** What a server offers, from the first bytes it sent: its greeting and, still in the clear, its KEXINIT. Null when cut. */
export function serverOffer(
  bytes: Uint8Array,
): Readonly<Record<OfferKind, readonly string[]>> | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packet = afterGreeting(view);
  if (packet === null || packet[5] !== SSH_MSG_KEXINIT) return null;
  let at = 6 + COOKIE;
  const lists = new Map<string, readonly string[]>();
  for (const name of LISTS) {
    const list = readSshString(packet, at);
    if (list === null) return null;
    lists.set(name, list.value.toString('latin1').split(','));
    at = list.next;
  }
  const listOf = (kind: OfferKind): readonly string[] => lists.get(kind) ?? [];
  return {
    kex: listOf('kex').filter((name) => !MARKER.test(name)),
    serverHostKey: listOf('serverHostKey'),
    cipher: listOf('cipher'),
    hmac: listOf('hmac'),
  };
}

/** Extensions that stand among the key exchanges and are none (RFC 8308, strict key exchange). */
const MARKER = /^(ext-info-|kex-strict-)/;

/** What follows the line `SSH-2.0-…`; lines before it are allowed (RFC 4253 4.2). */
function afterGreeting(bytes: Buffer): Buffer | null {
  let from = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, from);
    if (end < 0) return null;
    const isIdent = bytes.subarray(from, from + 4).toString('latin1') === 'SSH-';
    from = end + 1;
    if (isIdent) return bytes.subarray(from);
  }
}

/** `: it offers …; this tool offers …`, as far as both are known; to stand behind what is missing. */
export function bothOffers(
  greeting: Uint8Array,
  ours: Algorithms | undefined,
  kind: OfferKind,
): string {
  const theirs = serverOffer(greeting)?.[kind];
  const mine = ours?.[kind];
  const known = [
    ...(theirs === undefined ? [] : [`it offers ${visibleLine(theirs.join(', '), 400)}`]),
    ...(Array.isArray(mine) ? [`this tool offers ${mine.join(', ')}`] : []),
  ];
  return known.length === 0 ? '' : `: ${known.join('; ')}`;
}
