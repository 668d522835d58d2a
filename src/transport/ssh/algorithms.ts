import type { Algorithms, NegotiatedAlgorithms, ServerHostKeyAlgorithm } from 'ssh2';
import type { HostSettings } from './options.js';

/** Host key algorithms in the order of preference when nothing is known of the host. */
const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** The type of key in known_hosts that a host key algorithm belongs to. */
const keyType = (algorithm: string): string =>
  algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;

/**
 * What is offered to a server. Explicit, because the defaults of ssh2 still hold SHA-1; chacha20-poly1305 is left out
 * so that a server without strict key exchange is not exposed to CVE-2023-48795 (Terrapin). Host keys of known types
 * come first, as OpenSSH orders them: else a host known by its RSA key would show an Ed25519 key and look changed.
 */
export function offeredAlgorithms(
  knownTypes: readonly string[],
  allowed: HostSettings['algorithms'] = {},
): Algorithms {
  const isKnown = (algorithm: string): boolean => knownTypes.includes(keyType(algorithm));
  const offer = {
    kex: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
      'diffie-hellman-group-exchange-sha256',
      'diffie-hellman-group14-sha256',
    ],
    serverHostKey: [
      ...HOST_KEYS.filter((algorithm) => isKnown(algorithm)),
      ...HOST_KEYS.filter((algorithm) => !isKnown(algorithm)),
    ],
    cipher: [
      'aes128-gcm@openssh.com',
      'aes256-gcm@openssh.com',
      'aes128-ctr',
      'aes192-ctr',
      'aes256-ctr',
    ],
    hmac: [
      'hmac-sha2-256-etm@openssh.com',
      'hmac-sha2-512-etm@openssh.com',
      'hmac-sha2-256',
      'hmac-sha2-512',
    ],
    compress: ['none'],
  } satisfies Algorithms;
  return {
    ...offer,
    kex: only(offer.kex, allowed.kex),
    serverHostKey: only(offer.serverHostKey, allowed.hostKey),
    cipher: only(offer.cipher, allowed.cipher),
    // An authenticated cipher needs no MAC, and ssh2 wants one named all the same.
    hmac: allowed.mac === undefined ? offer.hmac : orAll(only(offer.hmac, allowed.mac), offer.hmac),
  };
}

/** What the configuration of the host leaves of our offer; the order stays ours. */
const only = <T extends string>(
  offer: readonly T[],
  allowed: readonly string[] | undefined,
): T[] => (allowed === undefined ? [...offer] : offer.filter((name) => allowed.includes(name)));
const orAll = <T>(some: T[], all: readonly T[]): T[] => (some.length > 0 ? some : [...all]);

/** Why ssh2 cannot keep to the algorithms that the host's configuration allows; empty when it can. */
export function missingAlgorithms(allowed: HostSettings['algorithms']): readonly string[] {
  const { kex, serverHostKey, cipher } = offeredAlgorithms([], allowed);
  const isEmpty = (list: unknown): boolean => Array.isArray(list) && list.length === 0;
  return [
    ...(isEmpty(kex) ? ['its key exchange (KexAlgorithms)'] : []),
    ...(isEmpty(serverHostKey) ? ['its host key algorithms (HostKeyAlgorithms)'] : []),
    ...(isEmpty(cipher) ? ['its ciphers (Ciphers)'] : []),
  ];
}

/** What both sides settled on, for the session record. */
export function describeAlgorithms({
  kex,
  serverHostKey,
  cs,
  sc,
}: NegotiatedAlgorithms): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries({
      kex,
      serverHostKey,
      'cipher-out': cs.cipher,
      'cipher-in': sc.cipher,
      'mac-out': cs.mac,
      'mac-in': sc.mac,
      // A cipher that authenticates by itself has no MAC; OpenSSH writes that so.
    }).map(([key, value]) => [key, value.slice(0, 64) || '<implicit>']),
  );
}
