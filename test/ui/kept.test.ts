import { afterEach, expect, it } from 'vitest';
import { broken, healthy } from '../helpers/fake-ports.js';
import { closeWizards, startWizard, surveyed } from '../helpers/render-session.js';
import { KEY } from '../helpers/screen.js';

afterEach(closeWizards);

const open = (step: 'findings' | 'access') =>
  startWizard({
    world: { n1: healthy(), n2: broken() },
    before: async (session) => {
      await surveyed(session);
      session.actions.goTo(step);
    },
  });

it('the pointer stands where it stood when a step is left and comes back', async () => {
  const { screen } = await open('findings');
  await screen.shows('❯ ✖ failed      fake/firewall');
  await screen.press('f', KEY.down, KEY.enter);
  await screen.shows('Paths  6/9');
  await screen.press(KEY.esc);
  await screen.shows('❯ ✖ failed      fake/manager', 'f problems only');
});

it('from a finding to the fixes the pointer stands on its fix', async () => {
  const { screen } = await open('findings');
  await screen.press(KEY.down, 'm');
  await screen.shows('❯ [ ]  offered    n2      safe        fake/manager');
  await screen.press('5', KEY.up, KEY.right);
  await screen.shows('Enter raw output');
  await screen.press('m');
  await screen.shows('❯ [ ]  offered    n2      disruptive  fake/firewall');
});

it('Escape from the fixes leads back to the finding they were come to from', async () => {
  const { screen } = await open('findings');
  await screen.press('m');
  await screen.shows('Fixes  7/9');
  await screen.press(KEY.esc);
  await screen.shows('Findings  5/9', '❯ ✖ failed      fake/firewall');
  await screen.press(KEY.right, 'm');
  await screen.shows('Fixes  7/9');
  await screen.press(KEY.esc);
  await screen.shows('fake/firewall  (required)', 'Enter raw output');
});

it('from a finding without a fix to the fixes, it is said that none is for it', async () => {
  const { screen } = await open('findings');
  await screen.press('f', KEY.end, 'm');
  await screen.shows('Fixes  7/9', 'Note: None of these fixes is for fake/');
});

it('back at nodes that were tried, keys typed ahead do not change how they are entered', async () => {
  const { screen, state } = await open('access');
  await screen.shows('Settings (Up)', '❯ n1');
  await screen.press('q');
  await screen.shows('2 open');
  expect(state().access.user).toBe('');
});
