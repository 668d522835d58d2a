import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { offerResume } from '../../src/ui/offer-resume.js';
import { KEY, PATIENCE_MS, Screen } from '../helpers/screen.js';

const SAVED = { startedAt: '2026-03-01T12:00:00.000Z', step: 'Findings', nodes: 3 };

it.each([
  ['Enter goes on with it', [KEY.enter], 'resume'],
  ['Down and Enter begin afresh', [KEY.down, KEY.enter], 'fresh'],
  ['Escape leaves', [KEY.esc], 'left'],
  ['Ctrl-C leaves', [KEY.ctrlC], 'left'],
])('%s', async (_name, keys, expected) => {
  const screen = new Screen();
  const { stdin, stdout } = screen;
  const choice = offerResume({ stdin, stdout, events: new EventEmitter() }, SAVED);
  expect(await screen.shows('3 nodes, stopped at Findings', 'Enter choose')).toContain(
    'There is a saved session of 2026-03-01 12:00 UTC',
  );
  await screen.press(...keys);
  expect(await choice).toBe(expected);
  await vi.waitFor(() => {
    expect(screen.alternate).toBe(false);
  }, PATIENCE_MS);
  expect(screen.raw).toBe(false);
});
