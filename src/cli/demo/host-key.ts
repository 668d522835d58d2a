import ssh2 from 'ssh2';

/** A host key for one run. */
export type HostKey = {
  /** In OpenSSH's format. */
  readonly private: string;
  /** The public key's blob in base64. */
  readonly public: string;
};

/**
 * A fresh Ed25519 key. ssh2 1.17 drops zeros at the front of the public half (lib/keygen.js), so that one key in 256
 * cannot be read back; such a one is thrown away.
 */
export function makeHostKey(): HostKey {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    const key = ssh2.utils.parseKey(pair.private);
    if (!(key instanceof Error))
      return { private: pair.private, public: key.getPublicSSH().toString('base64') };
  }
}
