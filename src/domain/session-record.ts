import type { PeerRecord } from './evidence.js';
import { visibleLine, type Displayable } from './visible.js';

/**
 * Whether a key exchange keeps today's traffic secret from a future quantum computer: the hybrids of ML-KEM and of
 * Streamlined NTRU Prime that OpenSSH has had since 8.5 and 9.9.
 */
export const isPostQuantum = (kex: string): boolean => /mlkem|sntrup|kyber/i.test(kex);

/** The additive part of a peer's record that says so; empty when the key exchange is not known. */
export const postQuantumOf = (
  algorithms: PeerRecord['algorithms'],
): Pick<PeerRecord, 'postQuantum'> =>
  algorithms?.['kex'] === undefined ? {} : { postQuantum: isPostQuantum(algorithms['kex']) };

const MAX_WORDS = 400;

/** How a node was reached, as facts of a report; what is not known is left out. */
export function sessionFacts(peer: PeerRecord): Readonly<Record<string, Displayable>> {
  const { hostKey, authMethod, authKey, privilege, algorithms = {}, postQuantum } = peer;
  const { kex } = algorithms;
  const cipher = algorithms['cipher-in'];
  const entries: readonly (readonly [string, string | undefined])[] = [
    ['transport', peer.transport],
    ['transport-because', peer.chosenBecause],
    ['host-key-trusted-by', hostKey?.trustedBy],
    ['login', authMethod === undefined ? undefined : withKey(authMethod, authKey)],
    ['privilege', privilege],
    ['key-exchange', kex === undefined ? undefined : kexWords(kex, postQuantum ?? false)],
    ['cipher', cipher],
    ['ssh-server', peer.serverVersion],
  ];
  return Object.fromEntries(
    entries.flatMap(([name, words]) =>
      words === undefined ? [] : [[name, visibleLine(words, MAX_WORDS)]],
    ),
  );
}

const withKey = (method: string, key: string | undefined): string =>
  key === undefined ? method : `${method} (${key})`;

const kexWords = (kex: string, postQuantum: boolean): string =>
  `${kex} (${postQuantum ? 'post-quantum' : 'not post-quantum'})`;
