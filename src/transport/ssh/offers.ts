import { BaseAgent } from 'ssh2';
import type { AnyAuthMethod, SignCallback, SigningRequestOptions } from 'ssh2';
import { InputError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';
import { signWithAgent, type AgentKey } from './agent.js';
import type { KeyFile } from './key-file.js';
import type { Ask, KeyRing } from './key-ring.js';
import { fingerprintOf, readSshString } from './wire.js';

/** One thing to try at the server. */
export type Offer = {
  readonly method: 'publickey' | 'keyboard-interactive' | 'password';
  /** For messages: never a secret. */
  readonly label: string;
  /** `SHA256:…` of the key. */
  readonly key?: string;
  /** Null when it cannot be tried, because a passphrase or password was declined. */
  readonly prepare: () => Promise<AnyAuthMethod | null>;
  /** True when trying it would only repeat what was tried. */
  readonly isMoot?: () => boolean;
  /** Set by an agent key when the server asked for its signature: after that the server's mind is unknown. */
  signed?: boolean;
  /** Set by an agent key when the agent did not sign: its file may still be tried. */
  unsigned?: boolean;
};

/** What offers need of the login that they belong to. */
export type OfferContext = {
  readonly username: string;
  /** For prompts: the place that asks, a hop as such. */
  readonly where: string;
  readonly ask: Ask;
  /** Runs while the server's time-out stands still: somebody types, touches a token, or a key is being decrypted. */
  readonly patiently: <T>(work: () => Promise<T>) => Promise<T>;
  readonly note: (text: string) => void;
};

type Sign = (data: Buffer, hash: 'sha256' | 'sha512') => Promise<Buffer>;

/** One key of the agent as an agent of its own: ssh2 would offer all of them without counting. */
class OneKeyAgent extends BaseAgent<Buffer> {
  readonly #blob: Buffer;
  readonly #sign: Sign;
  constructor(blob: Buffer, sign: Sign) {
    super();
    this.#blob = blob;
    this.#sign = sign;
  }
  override getIdentities(done: (error: undefined, keys: Buffer[]) => void): void {
    done(undefined, [this.#blob]);
  }
  override sign(
    _key: Buffer,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    const callback = typeof options === 'function' ? options : done;
    const hash = typeof options === 'function' ? undefined : options.hash;
    this.#sign(data, hash === 'sha512' ? 'sha512' : 'sha256').then(
      (signature) => {
        const algorithm = readSshString(signature, 0);
        const body = algorithm && readSshString(signature, algorithm.next);
        callback?.(body ? undefined : new Error('garbled signature'), body?.value);
      },
      (error: unknown) => {
        callback?.(error instanceof Error ? error : new Error('agent failed'));
      },
    );
  }
}

export function agentOffer(socket: string, key: AgentKey, context: OfferContext): Offer {
  const fingerprint = fingerprintOf(key.blob);
  const offer: Offer = {
    method: 'publickey',
    label: `agent key ${fingerprint}`,
    key: fingerprint,
    prepare: () => {
      const agent = new OneKeyAgent(key.blob, async (data, hash) => {
        offer.signed = true;
        try {
          return await context.patiently(() => signWithAgent(socket, key.blob, data, hash));
        } catch (error) {
          offer.signed = false;
          offer.unsigned = true;
          context.note(
            `${error instanceof InputError ? error.message : 'the SSH agent failed'} (${fingerprint})`,
          );
          throw error;
        }
      });
      return Promise.resolve({ type: 'agent', username: context.username, agent });
    },
  };
  return offer;
}

export function fileOffer(ring: KeyRing, file: KeyFile, context: OfferContext): Offer {
  const label = `key file ${file.path}`;
  return {
    method: 'publickey',
    label,
    ...(file.publicBlob === null ? {} : { key: fingerprintOf(file.publicBlob) }),
    prepare: async () => {
      try {
        // Another node may have asked for the passphrase: this one waits just as patiently.
        const key = await context.patiently(() => ring.unlock(file, context.ask));
        if (key !== null) return { type: 'publickey', username: context.username, key };
        context.note(`the passphrase of ${label} was declined`);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        context.note(error.message);
      }
      return null;
    },
  };
}

export function passwordOffer({ username, where, ask, note }: OfferContext): Offer {
  return {
    method: 'password',
    label: 'password',
    prepare: async () => {
      const prompt = visibleLine(`Password of ${username} at ${where}`);
      const password = await ask({ kind: 'password', prompt, echo: false });
      if (password !== null) return { type: 'password', username, password };
      note('password was declined');
      return null;
    },
  };
}
