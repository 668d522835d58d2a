import { VerificationError } from '../domain/errors.js';

/** RFC 4251 5: the length and the bytes. */
export function sshString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function sshUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Reads RFC 4251 values front to back; throws VerificationError where the bytes end early. */
export class SshReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw malformed('it ends early');
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  uint32(): number {
    return this.take(4).readUInt32BE(0);
  }

  string(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.string().toString('latin1');
  }

  /** Nothing may follow: trailing bytes are not covered by what was read. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed('something follows its end');
  }
}

const malformed = (why: string): VerificationError =>
  new VerificationError(
    `The signature is malformed: ${why}.`,
    'Ask the sender for the bundle again.',
  );
