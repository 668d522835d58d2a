import type { ConnectError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';
import { passwordExpired } from '../ssh/auth-failure.js';
import { connectError } from '../ssh/errors.js';
import { CHANGE_OF_PASSWORD } from '../ssh/interactive-offer.js';
import type { Ask } from '../ssh/key-ring.js';
import type { Prompt } from './askpass.js';

/** Passphrases by key file, shared by all nodes: one is asked once a file. */
export type Passphrases = Map<string, Promise<string | null>>;

export type AnswerContext = {
  readonly ask: Ask;
  readonly user: string;
  /** `host:port`, with the hop named. */
  readonly where: string;
  /** How often the server has refused so far, by what ssh logged. */
  readonly refusals: () => number;
  readonly passphrases: Passphrases;
  /** No answer can be given and ssh must not go on without one: an empty password would count as an attempt. */
  readonly giveUp: (error: ConnectError) => void;
  /** Something the operator has to do elsewhere, as touching a security key. */
  readonly notify: (text: string) => void;
};

const PASSPHRASE = /passphrase for (?:\w+ )?key '?([^']{1,1024}?)'?:? *$/i;

/** A server that asks and asks; no honest one needs more. */
const MAX_PROMPTS = 12;

/** Answers the questions of one ssh through the broker. Host keys are never confirmed here: the policy has decided. */
export function createAnswers(context: AnswerContext): (prompt: Prompt) => Promise<string | null> {
  const { ask, user, where } = context;
  const who = `${user} at ${where}`;
  /** Each text that was answered, and how often the server had refused by then. */
  const answered = new Map<string, number>();
  let prompts = 0;
  const noAnswer = (error: ConnectError): null => {
    context.giveUp(error);
    return null;
  };
  return async ({ text, hint }) => {
    if (hint === 'none') {
      context.notify(text);
      return null;
    }
    if (hint === 'confirm') return null;
    if (/authenticity of host|\(yes\/no/i.test(text)) return 'no';
    const file = PASSPHRASE.exec(text)?.[1];
    if (file !== undefined)
      return passphraseOf(context, file, answered.has(text), () => answered.set(text, 0));
    if (CHANGE_OF_PASSWORD.test(text)) return noAnswer(passwordExpired(where, user));
    // The same text again without a refusal in between is another round: a second factor may ask in the same words.
    const refused = context.refusals();
    if (refused > (answered.get(text) ?? refused))
      return noAnswer(failed(who, 'what was typed is wrong'));
    answered.set(text, refused);
    prompts += 1;
    if (prompts > MAX_PROMPTS) return noAnswer(failed(who, 'the server asks without end'));
    const kind = /password/i.test(text) ? 'password' : 'keyboard-interactive';
    const prompt = visibleLine(`${who}: ${text.trim()}`, 300);
    const answer = await ask({ kind, prompt, echo: false });
    return answer ?? noAnswer(failed(who, 'nobody answered its prompt'));
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
