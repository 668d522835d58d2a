import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CancelledError, InputError } from '../../domain/errors.js';
import type { SecretBroker, SecretRequest } from '../../domain/transport.js';
import { readSecretFd } from '../io.js';
import type { CommonOptions } from '../options.js';

/** Every secret that was typed or read in this run: bundles are searched for them before they are written. */
export type SecretKeeper = {
  readonly broker: SecretBroker;
  readonly typed: () => readonly string[];
};

const WORDS: Readonly<Record<SecretRequest['kind'], string>> = {
  password: 'SSH password',
  passphrase: 'passphrase',
  'sudo-password': 'sudo password',
  'keyboard-interactive': 'answer',
  confirm: 'waits for your word',
};

/**
 * Reads one line from the terminal, shown only with `echo`; the end of input is an empty answer. Rejects with
 * CancelledError on Ctrl-C, which stops the whole run as it does anywhere else.
 */
async function readHidden(question: string, echo: boolean, signal: AbortSignal): Promise<string> {
  if (signal.aborted) throw new CancelledError('cancelled');
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const lines = createInterface({
    input: process.stdin,
    output: echo ? process.stderr : silent,
    terminal: true,
  });
  // Only now: the terminal shows nothing any more of what is typed, however fast.
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    let answer = '';
    const stop = (): void => {
      reject(new CancelledError('cancelled'));
      lines.close();
    };
    signal.addEventListener('abort', stop, { once: true });
    lines.once('SIGINT', () => {
      // In raw mode the terminal sends no signal by itself. Who stops the run hears of it before this question ends.
      process.emit('SIGINT', 'SIGINT');
      stop();
    });
    lines.once('line', (line) => {
      answer = line;
      lines.close();
    });
    lines.once('close', () => {
      signal.removeEventListener('abort', stop);
      process.stderr.write('\n');
      resolve(answer);
    });
  });
}

const SHARE_QUESTION =
  'Use it for the other nodes of this run that ask, too? Never where the host key was only taken on trust. [y/N] ';

/** One prompt at a time on the terminal; what file descriptors brought is used without asking. Rejects with InputError. */
export async function terminalSecrets(
  options: Pick<CommonOptions, 'passwordFd' | 'becomePasswordFd'>,
): Promise<SecretKeeper> {
  if (options.passwordFd !== undefined && options.passwordFd === options.becomePasswordFd)
    throw new InputError(
      '--password-fd and --become-password-fd name the same file descriptor.',
      'Give each password on one of its own.',
    );
  const typed: string[] = [];
  const given: Partial<Record<SecretRequest['kind'], string>> = {};
  if (options.passwordFd !== undefined) given.password = await readSecretFd(options.passwordFd);
  if (options.becomePasswordFd !== undefined)
    given['sudo-password'] = await readSecretFd(options.becomePasswordFd);
  typed.push(...Object.values(given));
  let last: Promise<unknown> = Promise.resolve();
  // A sudo password that was typed, for every node whose host key is verified; null: asked, and not to be used again.
  let fleetPassword: string | null | undefined;
  const ask = async (request: SecretRequest, signal: AbortSignal): Promise<string | null> => {
    const known = given[request.kind];
    if (known !== undefined) return known;
    const shared = request.kind === 'sudo-password' && request.takenOnTrust !== true;
    if (shared && typeof fleetPassword === 'string') return fleetPassword;
    if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
    const answer = await readHidden(
      `${request.node}: ${WORDS[request.kind]} (${request.prompt}): `,
      request.echo,
      signal,
    );
    if (answer === '') return null;
    if (request.kind !== 'confirm') typed.push(answer);
    // sudo's password is most often the same on the whole fleet; that it goes to other nodes is agreed to, once.
    if (shared && fleetPassword === undefined) {
      const agreed = await readHidden(SHARE_QUESTION, true, signal);
      fleetPassword = /^y(es)?$/i.test(agreed.trim()) ? answer : null;
    }
    return answer;
  };
  const broker: SecretBroker = {
    ask: (request, signal) => {
      const mine = last.then(() => ask(request, signal));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
  return { broker, typed: () => typed };
}
