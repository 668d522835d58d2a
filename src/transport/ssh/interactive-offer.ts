import type { Prompt } from 'ssh2';
import { visibleLine } from '../../domain/visible.js';
import type { Offer, OfferContext } from './offers.js';

/** Prompts a server may make us ask in one login; no honest one needs more. */
const MAX_PROMPTS = 12;
/** Of each text that a server sends with a prompt; a packet holds 35 kB. */
const MAX_TEXT = 400;
const MAX_SHOWN = 300;

// pam_unix and pam_pwquality, before and while they make the user choose another password.
export const CHANGE_OF_PASSWORD =
  /required to change your password|password (?:has )?expired|\b(?:new|retype) (?:new )?(?:unix )?password|\(current\)|\bcurrent password/i;

export type InteractiveEvents = {
  /** The server only wanted a password, so that it is not asked for twice. */
  readonly onPassword: () => void;
  /** Nobody answers: there is no answer that means no, and a wrong number of answers makes sshd break off. */
  readonly onDeclined: () => void;
  /** The server wants the password changed. */
  readonly onExpired: () => void;
};

type Round = {
  readonly title: string;
  readonly prompts: readonly Prompt[];
};

/** Asks what the server asks, round by round: passwords, codes of a second factor, with echo or without. */
export function interactiveOffer(context: OfferContext, events: InteractiveEvents): Offer {
  return {
    method: 'keyboard-interactive',
    label: 'keyboard-interactive',
    prepare: () => {
      let asked = 0;
      const answerAll = async ({ title, prompts }: Round): Promise<string[] | null> => {
        const answers: string[] = [];
        for (const prompt of prompts) {
          asked += 1;
          const answer =
            asked > MAX_PROMPTS ? null : await answerOne(context, events, title, prompt);
          if (answer === null) return null;
          answers.push(answer);
        }
        return answers;
      };
      return Promise.resolve({
        type: 'keyboard-interactive',
        username: context.username,
        prompt: (name, instructions, _language, prompts, finish) => {
          const title = [name, instructions]
            .map((part) => part.slice(0, MAX_TEXT))
            .join(' ')
            .trim();
          const words = [title, ...prompts.map(({ prompt }) => prompt.slice(0, MAX_TEXT))].join(
            '\n',
          );
          if (CHANGE_OF_PASSWORD.test(words)) {
            events.onExpired();
            return;
          }
          answerAll({ title, prompts }).then((answers) => {
            if (answers === null) events.onDeclined();
            else finish(answers);
          }, events.onDeclined);
        },
      });
    },
  };
}

function answerOne(
  { username, where, ask }: OfferContext,
  { onPassword }: InteractiveEvents,
  title: string,
  { prompt, echo }: Prompt,
): Promise<string | null> {
  const isPassword = echo !== true && /password/i.test(prompt.slice(0, MAX_TEXT));
  if (isPassword) onPassword();
  const words = visibleLine(`${title} ${prompt.slice(0, MAX_TEXT)}`.trim(), MAX_SHOWN);
  return ask({
    kind: isPassword ? 'password' : 'keyboard-interactive',
    // A jump host must not pass its question off as the node's.
    prompt: visibleLine(`${username} at ${where} is asked: ${words}`, 2 * MAX_SHOWN),
    echo: echo === true,
  });
}
