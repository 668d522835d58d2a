import type { ConnectError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';
import { connectError } from '../ssh/errors.js';
import type { Ask } from '../ssh/key-ring.js';
import type { Prompt } from './askpass.js';

/** Passphrases by key file, shared by all nodes: one is asked once a file. */
export type Passphrases = Map<string, Promise<string | null>>;

export type AnswerContext = {
  readonly ask: Ask;
  /** `user at host:port`, with the hop named. */
  readonly who: string;
  readonly passphrases: Passphrases;
  /** No answer can be given and ssh must not go on without one: an empty password would count as an attempt. */
  readonly giveUp: (error: ConnectError) => void;
  /** Something the operator has to do elsewhere, as touching a security key. */
  readonly notify: (text: string) => void;
};

const PASSPHRASE = /passphrase for (?:\w+ )?key '?([^']{1,1024}?)'?:? *$/i;

/** Answers the questions of one ssh through the broker. Host keys are never confirmed here: the policy has decided. */
export function createAnswers(context: AnswerContext): (prompt: Prompt) => Promise<string | null> {
  const answered = new Set<string>();
  return async ({ text, hint }) => {
    if (hint === 'none') {
      context.notify(text);
      return null;
    }
    if (hint === 'confirm') return null;
    if (/authenticity of host|\(yes\/no/i.test(text)) return 'no';
    const file = PASSPHRASE.exec(text)?.[1];
    if (file !== undefined)
      return passphraseOf(context, file, answered.has(text), () => answered.add(text));
    if (answered.has(text)) {
      context.giveUp(failed(context.who, 'what was typed is wrong'));
      return null;
    }
    answered.add(text);
    const kind = /password/i.test(text) ? 'password' : 'keyboard-interactive';
    const prompt = visibleLine(`${context.who}: ${text.trim()}`, 300);
    const answer = await context.ask({ kind, prompt, echo: false });
    if (answer === null) context.giveUp(failed(context.who, 'nobody answered its prompt'));
    return answer;
  };
}

/** Null leaves the key out, and ssh goes on to the next. */
async function passphraseOf(
  { ask, passphrases }: AnswerContext,
  file: string,
  wasWrong: boolean,
  remember: () => void,
): Promise<string | null> {
  if (wasWrong) passphrases.delete(file);
  remember();
  const known = passphrases.get(file);
  if (known !== undefined) return known;
  const prompt = visibleLine(`${wasWrong ? 'Wrong. ' : ''}Passphrase of ${file}`);
  const asked = ask({ kind: 'passphrase', prompt, echo: false });
  passphrases.set(file, asked);
  const answer = await asked.catch(() => null);
  if (answer === null) passphrases.delete(file);
  return answer;
}

const failed = (who: string, why: string): ConnectError =>
  connectError(
    'auth-failed',
    `${who}: ssh was not let in (${visibleLine(why, 200)})`,
    'Check the user name and the password, or load a key with ssh-add.',
  );
