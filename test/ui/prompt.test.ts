import { afterEach, expect, it } from 'vitest';
import type { SecretRequest } from '../../src/domain/transport.js';
import { visibleLine } from '../../src/domain/visible.js';
import { healthy } from '../helpers/fake-ports.js';
import { closeWizards, startWizard } from '../helpers/render-session.js';
import { KEY } from '../helpers/screen.js';

afterEach(closeWizards);

const asks = (node: string, kind: SecretRequest['kind'] = 'password'): SecretRequest => ({
  node,
  kind,
  prompt: visibleLine(`Password of ops at ${node}`),
  echo: false,
});

/** The Access step with a new host key that waits on n1, and everything that is sent as an answer. */
async function start() {
  const answers: (string | null)[] = [];
  const run = await startWizard({
    world: { n1: healthy({ hostKey: 'ask' }), n2: healthy() },
    initial: { step: 'access' },
    before: ({ actions }, { ports }) => {
      ports.prompts.answer = (secret) => answers.push(secret);
      return actions.openAccess();
    },
  });
  await run.screen.shows('1 new host key');
  const ask = (prompt: SecretRequest | null): void => {
    run.store.setState({ prompt });
  };
  return { ...run, answers, ask };
}

it('what was typed for one node is not sent to the next when the first stops waiting', async () => {
  const { screen, answers, ask } = await start();
  ask(asks('n1'));
  await screen.shows('n1 needs a password');
  await screen.press('for-n1');
  await screen.shows('(typed, not shown)');
  ask(asks('n2'));
  await screen.shows('n1 no longer waits for an answer', 'sent to nobody', 'Enter go on');
  await screen.press('-alone', KEY.enter);
  await screen.shows('n2 needs a password', '(nothing typed yet)');
  await screen.press('for-n2', KEY.enter);
  expect(answers).toEqual(['for-n2']);
});

it('the rest of a secret accepts no host key when nobody waits for it any more', async () => {
  const { screen, answers, ask, fake } = await start();
  await screen.press(KEY.down);
  ask(asks('n2'));
  await screen.shows('n2 needs a password');
  await screen.press('p');
  ask(null);
  await screen.shows('n2 no longer waits');
  await screen.press('a', 'y', 'r', 'd', KEY.enter);
  await screen.shows('1 new host key');
  expect(answers).toEqual([]);
  expect(fake.calls.filter((call) => call.startsWith('accept'))).toEqual([]);
});

it('nothing typed, nothing withdrawn: the screen below comes back by itself', async () => {
  const { screen, ask } = await start();
  ask(asks('n2'));
  await screen.shows('n2 needs a password');
  ask(null);
  await screen.shows('1 new host key');
});

it.each([
  ['password', []],
  ['passphrase', []],
  ['sudo-password', []],
  ['keyboard-interactive', ['']],
  ['confirm', ['']],
] as const)('an Enter meant for the screen below is no empty %s', async (kind, sent) => {
  const { screen, answers, ask } = await start();
  ask(asks('n2', kind));
  await screen.shows('Password of ops at n2');
  await screen.press(KEY.enter);
  expect(answers).toEqual(sent);
});
