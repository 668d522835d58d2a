/** One key that can sign: a private key file or an identity of an agent. The secret half never leaves it. */
export type Signer = {
  /** The signature algorithm, such as `ssh-ed25519`, `rsa-sha2-512` or `ecdsa-sha2-nistp256`. */
  readonly algorithm: string;
  /** The public key as RFC 4253 6.6 encodes it: what is base64 in a `.pub` file. */
  readonly publicBlob: Uint8Array;
  /** Bounded, not yet visible. */
  readonly comment: string;
  /**
   * The SSH signature blob over these bytes: string algorithm, string signature (RFC 4253 6.6, RFC 5656 3.1.2).
   * Rejects with InputError when the key refuses (an agent that is gone, a touch that timed out).
   */
  sign(data: Uint8Array): Promise<Uint8Array>;
};
