import { afterEach, expect, it } from 'vitest';
import { aroundCursor } from '../../src/ui/components/text-edit.js';
import { columnsOf } from '../../src/ui/text.js';
import { broken } from '../helpers/fake-ports.js';
import { closeWizards, startWizard, surveyed } from '../helpers/render-session.js';
import { KEY } from '../helpers/screen.js';

afterEach(closeWizards);

const WIDE = '移転まで受け入れる';

it.each([
  ['abc', 3, 10, 'abc'],
  ['abcdefghij', 10, 6, 'fghij'],
  ['abcdefghij', 0, 6, 'abcdef'],
  ['abcdefghij', 5, 6, 'defghi'],
  [WIDE, 9, 9, '受け入れる'.slice(1)],
  [WIDE, 0, 9, '移転まで'],
])('of %s with the cursor at %d, %d columns show %s', (text, cursor, room, shown) => {
  const characters = Array.from(text);
  const { from, to } = aroundCursor(characters, cursor, room);
  expect(characters.slice(from, to).join('')).toBe(shown);
  const block = cursor === characters.length ? 1 : 0;
  expect(columnsOf(shown) + block).toBeLessThanOrEqual(room);
});

it('a text of wide characters stays in its field, with the cursor in sight', async () => {
  const { screen } = await startWizard({
    world: { n1: broken() },
    before: async (session) => {
      await surveyed(session);
      session.actions.goTo('sign-off');
    },
  });
  await screen.shows('w waive');
  await screen.press('w', KEY.down, WIDE.repeat(6), '終');
  await screen.shows('❯ Why', '終');
});
