import { CancelledError } from '../../domain/errors.js';
import type { SecretBroker, SecretRequest } from '../../domain/transport.js';
import type { PromptPort } from '../../session/ports.js';
import type { SecretKeeper } from '../wiring/secrets.js';

type Waiting = {
  readonly request: SecretRequest;
  readonly settle: (answer: string | null) => void;
};

/** sudo's password is asked once for all nodes but those whose host key was only taken on trust. */
const isShared = ({ kind, takenOnTrust }: SecretRequest): boolean =>
  kind === 'sudo-password' && takenOnTrust !== true;

/** The fleet's one queue of prompts: whoever needs a secret waits here, the screen shows the head. */
export function createPromptQueue(): {
  readonly port: PromptPort;
  readonly keeper: SecretKeeper;
  readonly forgetSudo: () => void;
} {
  const queue: Waiting[] = [];
  const typed: string[] = [];
  let show: (request: SecretRequest | null) => void = () => undefined;
  let sudoPassword: string | null = null;

  const showHead = (): void => {
    show(queue[0]?.request ?? null);
  };

  const remove = (waiting: Waiting): void => {
    const at = queue.indexOf(waiting);
    if (at >= 0) queue.splice(at, 1);
    showHead();
  };

  const enqueue = (request: SecretRequest, signal: AbortSignal): Promise<string | null> =>
    new Promise((resolve, reject) => {
      const cancel = (): void => {
        remove(waiting);
        reject(new CancelledError('cancelled'));
      };
      const waiting: Waiting = {
        request,
        settle: (answer) => {
          signal.removeEventListener('abort', cancel);
          remove(waiting);
          resolve(answer);
        },
      };
      signal.addEventListener('abort', cancel, { once: true });
      queue.push(waiting);
      if (queue.length === 1) showHead();
    });

  const broker: SecretBroker = {
    ask: async (request, signal) => {
      if (signal.aborted) throw new CancelledError('cancelled');
      if (isShared(request) && sudoPassword !== null) return sudoPassword;
      const answer = await enqueue(request, signal);
      if (answer !== null && request.kind !== 'confirm') typed.push(answer);
      if (isShared(request)) sudoPassword = answer;
      return answer;
    },
  };

  const port: PromptPort = {
    subscribe: (listener) => {
      show = listener;
    },
    answer: (secret) => {
      const [head] = queue;
      if (head === undefined) return;
      head.settle(secret);
      if (!isShared(head.request) || secret === null) return;
      // Asked once: everybody else in the queue who wants the same gets it, and a wrong one is tried once a node.
      for (const waiting of queue.filter(({ request }) => isShared(request)))
        waiting.settle(secret);
    },
  };

  return {
    port,
    keeper: { broker, typed: () => typed },
    forgetSudo: () => {
      sudoPassword = null;
    },
  };
}
