import { afterEach, expect, it } from 'vitest';
import { ROUTES } from '../../src/ui/routes.js';
import { firstSentences } from '../../src/ui/layouts/chrome.js';
import { broken, healthy } from '../helpers/fake-ports.js';
import { closeWizards, startWizard, surveyed } from '../helpers/render-session.js';
import { KEY, pasted } from '../helpers/screen.js';
import type { StepId } from '../../src/session/steps.js';

afterEach(closeWizards);

const CTRL_Z = '\u001a';

const open = (step: StepId, setting: Parameters<typeof startWizard>[0] = {}) =>
  startWizard({
    world: { n1: healthy(), n2: broken() },
    before: async (session) => {
      await surveyed(session);
      session.actions.goTo(step);
    },
    ...setting,
  });

it('a paste that nothing takes is said to be lost', async () => {
  const { screen } = await open('findings');
  await screen.press(pasted('node-1\nnode-2\n'));
  await screen.shows('Nothing here takes a paste.');
});

it('Ctrl-Z while something runs says why it does nothing', async () => {
  const { screen, fake, actions } = await open('survey');
  fake.hold('survey');
  void actions.runSurvey();
  await screen.shows('Working: Surveying');
  await screen.press(CTRL_Z);
  await screen.shows('Surveying would lose its connections', 'Working: Surveying');
  fake.release('survey');
});

it('the way to stop what runs is named in a small window too', async () => {
  const { screen, fake, actions } = await open('fixes', { columns: 60, rows: 15 });
  fake.hold('apply');
  actions.pickFix('n2/fake/manager/unmanaged', true);
  void actions.applyFixes();
  await screen.shows('Working: Applying', 'x stop', '? help', 'Ctrl-C leave');
  fake.release('apply');
});

it('the list of steps opens at the step where one is', async () => {
  const { screen } = await open('paths');
  await screen.shows('Paths  6/9');
  await screen.press(KEY.tab);
  await screen.shows('❯   6 Paths (you are here)');
});

it('a second waiver is offered for the same person', async () => {
  const { screen } = await open('sign-off');
  await screen.press('w', 'ops@example.com', KEY.enter, 'Until the move.', KEY.enter, KEY.enter);
  await screen.shows('1 waiver');
  await screen.press('w', 'Cannot change it.');
  await screen.shows('  Who      ops@example.com', '❯ Why      Cannot change it.');
});

it('a text that is changed says how to be rid of it', async () => {
  const { screen } = await open('export');
  await screen.shows('id_ed25519');
  await screen.press('x');
  await screen.shows('Ctrl-U clears it');
});

it('what one has to know before agreeing can be scrolled to, with the field in sight', async () => {
  const { screen, store, state } = await open('fixes', { columns: 60, rows: 15 });
  const loses = Array.from({ length: 12 }, (_, at) => `Loss number ${String(at + 1)}.`);
  store.setState(({ fixes }) => ({
    fixes: fixes.map((item) => ({ ...item, fix: { ...item.fix, loses } })),
  }));
  await screen.shows('❯ [ ]  offered    n2');
  await screen.press(KEY.space);
  const first = await screen.shows('Type DISABLE to agree', 'lines 1 to');
  expect(first).not.toContain('Loss number 12.');
  await screen.press(KEY.pageDown, KEY.pageDown, 'DISABLE');
  await screen.shows('Type DISABLE to agree: DISABLE', 'Loss number 12.');
  await screen.press(KEY.enter);
  await screen.shows('1 marked');
  expect(state().fixes[0]?.consented).toBe(true);
});

it('read out, the intent is not longer than the terminal', async () => {
  const { screen } = await open('intent', { options: { screenReader: true } });
  const shown = await screen.shows('Intent  2/9', 'Keys: ');
  expect(shown).not.toContain('This intent asks for');
  expect(screen.scrolledRows).toBe(0);
});

it.each(Object.entries(ROUTES))('%s: what it is for fits on a line of 60', (_step, { excerpt }) => {
  expect(firstSentences(excerpt, 60).length).toBeLessThanOrEqual(60);
});
