import { afterEach, expect, it } from 'vitest';
import { healthy, inventoryNode } from '../helpers/fake-ports.js';
import { closeWizards, startWizard, surveyed } from '../helpers/render-session.js';
import { KEY } from '../helpers/screen.js';

afterEach(closeWizards);

/** Surveyed, with one node that did not answer and one that was listed since. */
const open = () =>
  startWizard({
    world: { n1: healthy(), n2: healthy({ unreached: 'lost: the line was cut' }), n3: healthy() },
    initial: { nodes: ['n1', 'n2'].map(inventoryNode) },
    before: async (session) => {
      await surveyed(session);
      session.store.setState(({ evidence }) => ({
        evidence: evidence.map((item) =>
          item.unreached === undefined ? item : { ...item, nextStep: 'Mend the line.' },
        ),
      }));
      session.actions.addNodes('n3');
      session.actions.goTo('survey');
    },
  });

it('a node that did not answer says what to do, and one nobody asked does not look as if it waited', async () => {
  const { screen } = await open();
  await screen.shows('3 nodes, 1 answered, 1 not asked, 1 not reached');
  await screen.press(KEY.down);
  expect(await screen.shows('Next step:', 'r ask 2 missing')).toMatchInlineSnapshot(`
    "calico-ready  Survey  4/9
    Each node is asked with read-only commands. They use one connection; nothing is
    written on a node.
    ────────────────────────────────────────────────────────────────────────────────
    3 nodes, 1 answered, 1 not asked, 1 not reached
      Node      State        Progress
      n1        answered     in 1.5 s
    ❯ n2        not reached  lost: the line was cut
      n3        not asked
    lost: the line was cut
    Next step: Mend the line.










    Same as: calico-ready audit n1 n2 n3
    Enter to the findings · s ask again · r ask 2 missing · ? help · Ctrl-C leave"
  `);
  await screen.press('5');
  await screen.shows('A n2 (not reached)   B n3 (not asked)   C n1');
});

it('r asks those that are missing and leaves the others alone', async () => {
  const { screen, fake } = await open();
  await screen.shows('r ask 2 missing');
  await screen.press('r');
  await screen.shows('2 answered, 1 not reached', 'r ask 1 missing');
  expect(fake.calls.at(-1)).toBe('survey n2 n3');
});
