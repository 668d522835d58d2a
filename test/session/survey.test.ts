import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BATCH_MS, createBatch } from '../../src/session/batch.js';
import { surveyCounts } from '../../src/session/selectors/progress.js';
import { isDone, isReachable } from '../../src/session/selectors/steps.js';
import { healthy, type FakeNode } from '../helpers/fake-ports.js';
import { session, settle } from './session.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a survey ends in a report, and nodes that do not answer hold nobody back', async () => {
  const { actions, state } = session({
    a: healthy(),
    gone: healthy({ unreached: 'timed-out: no answer' }),
  });
  expect(isReachable('findings', state())).toBe(false);
  await actions.runSurvey();
  expect(state().report?.readiness).toBe('unknown');
  expect(state().progress).toEqual({
    a: { phase: 'asked', seconds: 1.5 },
    gone: { phase: 'unreached', reason: 'timed-out: no answer' },
  });
  expect(surveyCounts(state())).toMatchObject({ asked: 1, unreached: 1 });
  expect(isReachable('findings', state())).toBe(true);
  expect(isReachable('export', state())).toBe(true);
  expect(isDone('survey', state())).toBe(true);
});

test('asking one node again keeps what the others said', async () => {
  const { actions, state, fake } = session({ a: healthy(), b: healthy() });
  await actions.runSurvey();
  const before = state().evidence;
  fake.advance(1000);
  await actions.runSurvey(['b']);
  expect(fake.calls).toEqual(['survey a b', 'survey b']);
  expect(state().evidence[0]).toBe(before[0]);
  expect(state().evidence[1]).not.toBe(before[1]);
  expect(state().evidence.map((item) => item.node)).toEqual(['a', 'b']);
});

test('a stopped survey keeps what was known before', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  await actions.runSurvey();
  const { evidence, report, progress } = state();
  fake.hold('survey');
  const running = actions.runSurvey();
  vi.advanceTimersByTime(BATCH_MS);
  expect(state().progress['a']).toEqual({ phase: 'asking', done: 1, total: 4 });
  actions.cancel();
  await running;
  expect(state()).toMatchObject({ evidence, report, progress, busy: null });
  expect(state().notice?.level).toBe('info');
});

test('a stopped survey keeps the nodes that had answered by then', async () => {
  const { actions, state, fake } = session({ a: healthy(), b: healthy() });
  const survey = fake.ports.fleet.survey.bind(fake.ports.fleet);
  Object.assign(fake.ports.fleet, {
    survey: async (...args: Parameters<typeof survey>) => {
      const [a] = await survey(...args);
      actions.cancel();
      const lost = { node: 'b', unreached: 'not-run: stopped', startedAt: 0, finishedAt: 0 };
      return [a, { ...lost, evidence: [] }];
    },
  });
  await actions.runSurvey();
  expect(state().evidence.map((item) => item.node)).toEqual(['a']);
  expect(state().progress).toEqual({ a: { phase: 'asked', seconds: 1.5 } });
});

test('a port that breaks is a notice, not a crash', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  Object.assign(fake.ports.fleet, { survey: () => Promise.reject(new Error('broke\u001b[2J')) });
  await actions.runSurvey();
  expect(state().notice).toEqual({ level: 'error', text: 'broke\u241b[2J' });
  expect(state().busy).toBeNull();
});

test('events of a frame become one change', () => {
  const applied: ReadonlyMap<string, number>[] = [];
  const batch = createBatch<number>((changes) => applied.push(changes));
  for (let event = 0; event < 1000; event += 1) batch.push(`node-${String(event % 3)}`, event);
  expect(applied).toEqual([]);
  vi.advanceTimersByTime(BATCH_MS);
  expect(applied).toEqual([
    new Map([
      ['node-0', 999],
      ['node-1', 997],
      ['node-2', 998],
    ]),
  ]);
  batch.push('late', 1);
  batch.close();
  expect(applied).toHaveLength(2);
  batch.push('later', 2);
  vi.advanceTimersByTime(BATCH_MS);
  expect(applied).toHaveLength(2);
});

test('500 nodes that talk all at once cost a handful of changes of the store', async () => {
  const world = Object.fromEntries(
    Array.from({ length: 500 }, (_, index): [string, FakeNode] => [`n${String(index)}`, healthy()]),
  );
  const { actions, state, store } = session(world);
  let changes = 0;
  store.subscribe(() => {
    changes += 1;
  });
  await actions.runSurvey();
  await settle();
  expect(state().report?.nodes).toHaveLength(500);
  expect(changes).toBeLessThan(12);
});

test('what was said of the time before a survey is not said after it', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  fake.hold('survey');
  const running = actions.runSurvey();
  actions.goTo('findings');
  expect(state().notice?.text).toBe('Run the survey first.');
  fake.release('survey');
  await running;
  expect(state().notice).toBeNull();
});
