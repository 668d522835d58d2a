import { afterEach, expect, it } from 'vitest';
import { broken, type FakeNode } from '../helpers/fake-ports.js';
import { closeWizards, startWizard, surveyed } from '../helpers/render-session.js';
import { KEY } from '../helpers/screen.js';

afterEach(closeWizards);

const open = (world: Record<string, FakeNode>) =>
  startWizard({
    world,
    before: async (session) => {
      await surveyed(session);
      session.actions.goTo('fixes');
    },
  });

it('a safe fix: viewed, marked, applied, verified, undone', async () => {
  const { screen, fake } = await open({ n1: broken() });
  expect(await screen.shows('2 fixes offered', 'Space mark')).toMatchInlineSnapshot(`
    "calico-ready  Fixes  7/9
    Mark what to mend, view each change before it is made. Nothing is changed until
    you apply.
    ────────────────────────────────────────────────────────────────────────────────
    2 fixes offered, 0 marked
           State      Node    Kind        Check
    ❯ [ ]  offered    n1      disruptive  fake/firewall (disable)
      [ ]  offered    n1      safe        fake/manager (unmanaged)
    fake/firewall, disable: Does disable.












    Same as: calico-ready fix n1 --check fake/firewall --plan
    Enter to the sign-off · Space mark · v view · Esc back · ? help · Ctrl-C leave"
  `);
  await screen.press(KEY.down, 'v');
  await screen.shows('+++ /etc/manager.conf', 'The same on the command line');
  await screen.press(KEY.space, KEY.esc);
  await screen.shows('[✔]', 'a apply 1 marked');
  await screen.press('a');
  await screen.shows('Apply 1 fix on n1?', 'Esc changes nothing.');
  await screen.press(KEY.esc);
  await screen.shows('1 marked');
  expect(fake.calls.filter((call) => call.startsWith('apply'))).toEqual([]);
  await screen.press('a', KEY.enter);
  await screen.shows('VERIFIED', 'The same probes agree.', 'u undo');
  await screen.press('u');
  await screen.shows('Undo fake/manager (unmanaged) on n1?', 'Esc leaves it as it is.');
  await screen.press(KEY.esc);
  await screen.shows('1 verified', 'u undo');
  expect(fake.calls).not.toContain('undo change-1 n1');
  await screen.press('u', KEY.enter);
  await screen.shows('undone', 'Undone.');
  expect(fake.calls).toContain('undo change-1 n1');
});

it('a disruptive fix needs its word, and says what is lost', async () => {
  const { screen, state } = await open({ n1: broken() });
  await screen.press(KEY.space);
  expect(await screen.shows('Type DISABLE to agree', 'Enter agree')).toMatchInlineSnapshot(`
    "calico-ready  Fixes  7/9
    Mark what to mend, view each change before it is made. Nothing is changed until
    you apply.
    ────────────────────────────────────────────────────────────────────────────────
    fake/firewall, disable, on n1
    Does disable. This is disruptive.

    What you lose
      Every rule of the firewall.

    Type DISABLE to agree:










    Same as: calico-ready fix n1 --check fake/firewall --plan
    Enter agree · Esc do not agree · Ctrl-C leave"
  `);
  await screen.press('disable', KEY.enter);
  await screen.shows('That was not "DISABLE". Nothing was agreed to.');
  await screen.press(KEY.esc);
  await screen.shows('0 marked');
  expect(state().fixes[0]).toMatchObject({ picked: false, consented: false });
  await screen.press(KEY.space, 'DISABLE', KEY.enter);
  await screen.shows('1 marked');
  expect(state().fixes[0]).toMatchObject({ picked: true, consented: true });
});

it('a fix that does not help is said not to, and the others are not started', async () => {
  const { screen } = await open({ n1: broken({ fix: 'no-effect' }), n2: broken() });
  await screen.press(KEY.down, KEY.space, KEY.down, KEY.down, KEY.space, 'a');
  await screen.shows(
    'Apply 2 fixes on 2 nodes?',
    'fake/manager (unmanaged), safe: n1, n2',
    'beginning with n1',
  );
  await screen.press(KEY.enter);
  await screen.shows('NOT FIXED', 'Warning: fake/manager on n1 was tried first');
});

it('a fix that is only shown stands there as by hand and cannot be marked', async () => {
  const { screen } = await startWizard({
    world: { n1: broken() },
    before: async (session) => {
      await surveyed(session);
      const { store } = session;
      store.setState({
        fixes: store
          .getState()
          .fixes.map((item) => ({ ...item, fix: { ...item.fix, byHandOnly: true } })),
      });
      session.actions.goTo('fixes');
    },
  });
  const shown = await screen.shows('0 fixes offered', '2 more to be done by hand', 'v view');
  expect(shown).not.toContain('[ ]');
  expect(shown).not.toContain('Space mark');
  await screen.press(KEY.space, 'v');
  await screen.shows('does not apply it', 'Do it by hand.', 'What is to be done');
});

it('s marks the same fix on every node, and asks once for the word of all', async () => {
  const { screen, state } = await open({ n1: broken(), n2: broken(), n3: broken() });
  await screen.shows('s all of 3');
  await screen.press(KEY.down, 's');
  await screen.shows('3 marked', 'a apply 3 marked');
  await screen.press(KEY.up, 's');
  await screen.shows('fake/firewall, disable, on n1, n2, n3', 'What you lose', 'Type DISABLE');
  await screen.press('DISABLE', KEY.enter);
  await screen.shows('6 marked');
  expect(state().fixes.every((item) => item.picked)).toBe(true);
  await screen.press('s');
  await screen.shows('3 marked', 'a apply 3 marked');
});

it('what else would mend it is said before its word is typed', async () => {
  const { screen, store } = await open({ n1: broken() });
  const { fixes } = store.getState();
  const other = fixes.flatMap((item) =>
    item.fix.way === 'disable'
      ? [
          {
            ...item,
            key: 'n1/fake/firewall/open',
            fix: { ...item.fix, way: 'open', summary: 'Opens it.' },
          },
        ]
      : [],
  );
  store.setState({ fixes: [...fixes, ...other] });
  await screen.press(KEY.space);
  await screen.shows('Other ways', 'open: Opens it.', 'Type DISABLE');
});
