import { afterEach, expect, it } from 'vitest';
import { healthy } from '../helpers/fake-ports.js';
import { closeWizards, startWizard } from '../helpers/render-session.js';
import { KEY, pasted } from '../helpers/screen.js';

afterEach(closeWizards);

const print = (letter: string): string => `SHA256:${letter.repeat(43)}`;
const shows = (letter: string) => healthy({ hostKey: 'ask', fingerprint: print(letter) });
const start = () =>
  startWizard({
    world: { n1: shows('A'), n2: shows('B'), n3: shows('C'), n4: healthy() },
    initial: { step: 'access' },
  });
/** The cursor to the row with the list of keys. */
const toTheList = [KEY.down, KEY.down, KEY.down, KEY.down];
const LIST = `256 ${print('A')} root@n1 (ED25519)\n256 ${print('X')} root@n2 (ED25519)\n`;

it('a pasted list marks the keys that agree, stops those that differ, and leaves the rest to be looked at', async () => {
  const { screen, fake, state } = await start();
  await screen.press(...toTheList);
  await screen.shows('New keys are compared with it');
  await screen.press(pasted(LIST));
  await screen.shows('2 host keys on your list.', 'pasted');
  await screen.press(KEY.enter);
  await screen.shows('1 open, 2 new host keys to answer, 1 failed', 'on list');
  await screen.press('a');
  await screen.shows('2 open, 1 new host key to answer, 1 failed');
  expect(fake.calls.filter((call) => call.startsWith('accept'))).toEqual(['accept n1']);
  await screen.press(KEY.home, KEY.down);
  expect(await screen.shows('your list holds', 'Next step: ')).toMatchInlineSnapshot(`
    "calico-ready  Access  3/9
    Say how to log in, then connect. New host keys are shown for you to compare.
    Nothing is changed on any node.
    ────────────────────────────────────────────────────────────────────────────────
    Settings (Up): the usual login, the usual keys, become root auto, new host keys…
    4 nodes, 2 open, 1 new host key to answer, 1 failed
      Node      State       Detail
      n1        open        sudo -n
    ❯ n2        failed      host-key-changed: n2:22 shows ssh-ed25519 SHA256:BBBBBB…
      n3        new key     SHA256:CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC
      n4        open        sudo -n
    host-key-changed: n2:22 shows ssh-ed25519
    SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB, but your list holds
    SHA256:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX for it
    Next step: Compare the key on the console of the node; correct your list only if
    it is wrong, then connect again.





    Same as: calico-ready audit n1 n2 n3 n4
    r connect again · Up/Down move · Esc back · Tab steps · ? help · Ctrl-C leave"
  `);
  // No key accepts it: not y, not a, and connecting again stops it again.
  await screen.press('y', 'a', 'r');
  await screen.shows('1 failed', '1 new host key to answer');
  await screen.press('y', 'a');
  expect(state().nodeAccess['n2']).toMatchObject({ phase: 'failed' });
  expect(fake.calls.filter((call) => /^accept.*n2/.test(call))).toEqual([]);
});

it('a file is compared with keys that wait already', async () => {
  const { screen, fake } = await start();
  fake.files.hostKeys['/srv/keys.txt'] = `n1 ${print('A')}\nn2 ${print('B')}\n10.0.0.9 nonsense\n`;
  await screen.press(KEY.enter);
  await screen.shows('3 new host keys to answer');
  await screen.press(KEY.home, KEY.up, ...toTheList, '/srv/keys.txt', KEY.enter);
  await screen.shows('2 host keys on your list; 1 lines could not be read.');
  await screen.press(KEY.down);
  await screen.shows('a accept those on the list', 'It is on your list of keys.');
  await screen.press('a');
  await screen.shows('3 open, 1 new host key to answer');
  await screen.press(KEY.end, KEY.up);
  await screen.shows('Not on your list.');
});

it('a list that says nothing is refused, and a file that is missing said', async () => {
  const { screen, state } = await start();
  await screen.press(...toTheList, '/nowhere', KEY.enter);
  await screen.shows('/nowhere cannot be read.');
  await screen.press(KEY.up);
  await screen.shows('New keys are compared with it');
  await screen.press(pasted('hello\nworld\n'));
  await screen.shows('No host key could be read there.');
  expect(state().hostKeyList).toBeUndefined();
});

it.each([
  ['B12/3', 'host-key-changed'],
  ['B12/4', 'host-key-revoked'],
] as const)(
  '%s in the wizard: %s stops the node, and no key press lets it in',
  async (_case, code) => {
    const { screen, fake, state } = await startWizard({
      world: { n1: healthy({ unreached: `${code}: n1 shows another key` }), n2: healthy() },
      initial: { step: 'access' },
    });
    await screen.press(KEY.enter);
    await screen.shows('1 open, 1 failed', 'Enter survey the nodes');
    await screen.press(KEY.home);
    const shown = await screen.shows('Next step:');
    expect(shown).not.toMatch(/y accept|accept all/);
    await screen.press('y', 'a', KEY.space);
    expect(fake.calls.some((call) => call.startsWith('accept'))).toBe(false);
    expect(state().nodeAccess['n1']).toMatchObject({ phase: 'failed' });
  },
);
