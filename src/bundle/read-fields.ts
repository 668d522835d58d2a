import { VerificationError } from '../domain/errors.js';
import type { PeerRecord } from '../domain/evidence.js';
import { ROLES, type InventoryNode } from '../domain/inventory.js';

/** A JSON object out of a file that anybody may have written. */
export type Fields = Readonly<Record<string, unknown>>;

export const bad = (why: string): VerificationError =>
  new VerificationError(
    `The bundle cannot be read: ${why}.`,
    'It may come from another version; ask the sender for its report.',
  );

/** Throws VerificationError for anything but an object. */
export const fields = (value: unknown, what: string): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad(`${what} is malformed`);
  return value as Fields;
};

/** Throws VerificationError for anything but a string. */
export const text = (value: unknown, what: string): string => {
  if (typeof value !== 'string') throw bad(`${what} is malformed`);
  return value;
};

const some = <T>(key: string, value: T | undefined): Readonly<Record<string, T>> =>
  value === undefined ? {} : { [key]: value };
const string = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
const whole = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) ? (value as number) : undefined;
const strings = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;

/** A node of the inventory. What is not of its kind is left out. */
export function nodeFrom(value: unknown): InventoryNode {
  const { name, host, roles, port, user, jump } = fields(value, 'a node');
  return {
    name: text(name, 'a node name'),
    host: text(host, 'a host'),
    roles: ROLES.filter((role) => strings(roles)?.includes(role)),
    ...some('port', whole(port)),
    ...some('user', string(user)),
    ...some('jump', strings(jump)),
  };
}

const TRANSPORTS = ['ssh2', 'openssh', 'local', 'recorded'] as const;
const WORDS = [
  'chosenBecause',
  'address',
  'user',
  'serverVersion',
  'authMethod',
  'authKey',
  'privilege',
] as const;

function hostKeyFrom(value: unknown): PeerRecord['hostKey'] {
  if (value === undefined || value === null) return undefined;
  const { type, fingerprint, trustedBy, bits } = fields(value, 'a host key');
  return {
    type: text(type, 'a host key'),
    fingerprint: text(fingerprint, 'a host key'),
    trustedBy: text(trustedBy, 'a host key'),
    ...some('bits', whole(bits)),
  };
}

const algorithmsFrom = (value: unknown): PeerRecord['algorithms'] =>
  value === undefined || value === null
    ? undefined
    : Object.fromEntries(
        Object.entries(fields(value, 'the algorithms')).flatMap(([key, name]) =>
          typeof name === 'string' ? [[key, name]] : [],
        ),
      );

/** How a node was reached. What is not of its kind is left out. */
export function peerFrom(value: unknown): PeerRecord | undefined {
  if (value === undefined || value === null) return undefined;
  const peer = fields(value, 'a session');
  const transport = TRANSPORTS.find((known) => known === peer['transport']);
  if (transport === undefined) throw bad('a session is malformed');
  const { postQuantum } = peer;
  return {
    transport,
    host: text(peer['host'], 'a session'),
    ...some('port', whole(peer['port'])),
    ...Object.fromEntries(
      WORDS.flatMap((key) => (typeof peer[key] === 'string' ? [[key, peer[key]]] : [])),
    ),
    ...some('hostKey', hostKeyFrom(peer['hostKey'])),
    ...some('algorithms', algorithmsFrom(peer['algorithms'])),
    ...some('postQuantum', typeof postQuantum === 'boolean' ? postQuantum : undefined),
  };
}
