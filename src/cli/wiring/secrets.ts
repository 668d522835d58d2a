import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CancelledError } from '../../domain/errors.js';
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
};

/** Reads one line from the terminal without showing it. Rejects with CancelledError on Ctrl-C. */
async function readHidden(question: string, echo: boolean, signal: AbortSignal): Promise<string> {
  process.stderr.write(question);
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
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      lines.close();
      reject(new CancelledError('cancelled'));
    };
    signal.addEventListener('abort', stop, { once: true });
    lines.once('SIGINT', stop);
    lines.once('line', (line) => {
      signal.removeEventListener('abort', stop);
      lines.close();
      process.stderr.write('\n');
      resolve(line);
    });
  });
}

/** One prompt at a time on the terminal; what file descriptors brought is used without asking. */
export async function terminalSecrets(
  options: Pick<CommonOptions, 'passwordFd' | 'becomePasswordFd'>,
): Promise<SecretKeeper> {
  const typed: string[] = [];
  const given: Partial<Record<SecretRequest['kind'], string>> = {};
  if (options.passwordFd !== undefined) given.password = await readSecretFd(options.passwordFd);
  if (options.becomePasswordFd !== undefined)
    given['sudo-password'] = await readSecretFd(options.becomePasswordFd);
  typed.push(...Object.values(given));
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (request: SecretRequest, signal: AbortSignal): Promise<string | null> => {
    const known = given[request.kind];
    if (known !== undefined) return known;
    if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
    const answer = await readHidden(
      `${request.node}: ${WORDS[request.kind]} (${request.prompt}): `,
      request.echo,
      signal,
    );
    if (answer === '') return null;
    typed.push(answer);
    // Asked once: sudo's password is most often the same on the whole fleet, and a wrong one is never tried again.
    if (request.kind === 'sudo-password') given['sudo-password'] = answer;
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
