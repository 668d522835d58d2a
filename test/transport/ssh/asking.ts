import type { AuthContext } from 'ssh2';

type Prompt = { readonly prompt: string; readonly echo: boolean };
export type Round = {
  readonly name?: string;
  readonly instructions?: string;
  readonly prompts: readonly Prompt[];
};

/** Asks these rounds and compares all answers. */
export function asking(rounds: readonly Round[], answers: readonly string[]) {
  const given: string[] = [];
  const onAuth = (context: AuthContext): void => {
    if (context.method !== 'keyboard-interactive') {
      context.reject(['keyboard-interactive']);
      return;
    }
    const left = [...rounds];
    const ask = (): void => {
      const round = left.shift();
      if (round === undefined) {
        if (JSON.stringify(given) === JSON.stringify(answers)) context.accept();
        else context.reject(['keyboard-interactive']);
        return;
      }
      const { name = '', instructions = '', prompts } = round;
      context.prompt([...prompts], name, instructions, (some) => {
        given.push(...some);
        ask();
      });
    };
    ask();
  };
  return { onAuth, given };
}

export const one = (prompt: string, echo = false): Round => ({ prompts: [{ prompt, echo }] });
