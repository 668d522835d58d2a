import { BaseAgent } from 'ssh2';
import type { AnyAuthMethod, Prompt, SignCallback, SigningRequestOptions } from 'ssh2';
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
  /** Set by an agent key when the server asked for its signature: after that the server's mind is unknown. */
  signed?: boolean;
};

/** Interactive rounds and prompts a server may make us ask; no honest one needs more. */
const MAX_PROMPTS = 12;

/** One key of the agent as an agent of its own: ssh2 would offer all of them without counting. */
class OneKeyAgent extends BaseAgent<Buffer> {
  readonly #socket: string;
  readonly #blob: Buffer;
  readonly #onSign: () => void;
  constructor(socket: string, blob: Buffer, onSign: () => void) {
    super();
    this.#socket = socket;
    this.#blob = blob;
    this.#onSign = onSign;
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
    this.#onSign();
    signWithAgent(this.#socket, this.#blob, data, hash === 'sha512' ? 'sha512' : 'sha256').then(
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

export function agentOffer(socket: string, key: AgentKey, username: string): Offer {
  const fingerprint = fingerprintOf(key.blob);
  const offer: Offer = {
    method: 'publickey',
    label: `agent key ${fingerprint}`,
    key: fingerprint,
    prepare: () => {
      const agent = new OneKeyAgent(socket, key.blob, () => {
        offer.signed = true;
      });
      return Promise.resolve({ type: 'agent', username, agent });
    },
  };
  return offer;
}

export function fileOffer(ring: KeyRing, file: KeyFile, username: string, ask: Ask): Offer {
  return {
    method: 'publickey',
    label: `key file ${file.path}`,
    ...(file.publicBlob === null ? {} : { key: fingerprintOf(file.publicBlob) }),
    prepare: async () => {
      const key = await ring.unlock(file, ask);
      return key === null ? null : { type: 'publickey', username, key };
    },
  };
}

export function passwordOffer(username: string, where: string, ask: Ask): Offer {
  return {
    method: 'password',
    label: 'password',
    prepare: async () => {
      const prompt = visibleLine(`Password of ${username} at ${where}`);
      const password = await ask({ kind: 'password', prompt, echo: false });
      return password === null ? null : { type: 'password', username, password };
    },
  };
}

/**
 * `onPassword` is told when the server only wanted a password, so that it is not asked for twice; `onDeclined` when
 * nobody answers: there is no answer that means no, and a wrong number of answers makes sshd break off.
 */
export function interactiveOffer(
  username: string,
  ask: Ask,
  onPassword: () => void,
  onDeclined: () => void,
): Offer {
  return {
    method: 'keyboard-interactive',
    label: 'keyboard-interactive',
    prepare: () => {
      let asked = 0;
      const answer = async (
        title: string,
        prompts: readonly Prompt[],
      ): Promise<string[] | null> => {
        const answers: string[] = [];
        for (const { prompt, echo } of prompts) {
          asked += 1;
          if (asked > MAX_PROMPTS) return null;
          const isPassword = echo !== true && /password/i.test(prompt.slice(0, 200));
          if (isPassword) onPassword();
          const text = await ask({
            kind: isPassword ? 'password' : 'keyboard-interactive',
            prompt: visibleLine(`${title} ${prompt.slice(0, 400)}`.trim()),
            echo: echo === true,
          });
          if (text === null) return null;
          answers.push(text);
        }
        return answers;
      };
      return Promise.resolve({
        type: 'keyboard-interactive',
        username,
        prompt: (name, instructions, _language, prompts, finish) => {
          const title = [name, instructions].map((part) => part.slice(0, 400)).join(' ');
          answer(title, prompts).then((answers) => {
            if (answers === null) onDeclined();
            else finish(answers);
          }, onDeclined);
        },
      });
    },
  };
}
