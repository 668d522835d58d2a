import type { SyncHostVerifier } from 'ssh2';

/**
 * The one way a host key decision reaches ssh2. Its client takes everything but the literal `false` for yes: null, 0,
 * undefined and the promise of an async function all let the connection proceed (ssh2 issue 1268). Here only the
 * literal `true` of a function that did not throw is a yes, and a key exchanged later in the same connection must be the first one.
 */
export function strictVerifier(decide: (key: Buffer) => boolean): SyncHostVerifier {
  let accepted: Buffer | null = null;
  return (key) => {
    if (!Buffer.isBuffer(key)) return false;
    if (accepted !== null) return accepted.equals(key);
    try {
      const answer: unknown = decide(key);
      if (answer !== true) return false;
    } catch {
      return false;
    }
    accepted = Buffer.from(key);
    return true;
  };
}
