import { expect, test } from 'vitest';
import { createSaver } from '../../src/session/saver.js';
import { isDone, isReachable, stepNumber } from '../../src/session/selectors/steps.js';
import { STEPS } from '../../src/session/steps.js';
import { broken, healthy } from '../helpers/fake-ports.js';
import { session, settle } from './session.js';

test('a step opens when what it needs is there', () => {
  const { actions, state } = session({});
  const open = (): string[] =>
    STEPS.filter(({ id }) => isReachable(id, state())).map(({ id }) => id);
  expect(open()).toEqual(['nodes']);
  actions.next();
  expect(state()).toMatchObject({ step: 'nodes', notice: { text: 'Add a node first.' } });
  actions.addNodes('a');
  expect(open()).toEqual(['nodes', 'intent', 'access', 'survey']);
  actions.goTo('findings');
  expect(state()).toMatchObject({ step: 'nodes', notice: { text: 'Run the survey first.' } });
});

test('the steps are walked forth and back, each move is saved', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  await actions.runSurvey();
  await settle();
  const before = fake.saved.length;
  const walked: string[] = [];
  for (let move = 0; move < 10; move += 1) {
    actions.next();
    walked.push(state().step);
    await settle();
  }
  expect(walked.slice(0, 8)).toEqual(STEPS.slice(1).map(({ id }) => id));
  expect(walked.slice(8)).toEqual(['export', 'export']);
  expect(fake.saved).toHaveLength(before + 8);
  actions.back();
  expect(state().step).toBe('sign-off');
  expect(stepNumber(state().step)).toBe(8);
});

test('back leads to where a step was gone to from, and always towards the beginning', async () => {
  const { actions, state } = session({ a: healthy() });
  await actions.runSurvey();
  const backTo = (): string => {
    actions.back();
    return state().step;
  };
  actions.goTo('findings');
  actions.goTo('fixes');
  actions.next();
  expect([backTo(), backTo(), backTo(), backTo()]).toEqual(['fixes', 'findings', 'nodes', 'nodes']);
  // Who walked through all steps walks back through all, and a way back is none to return to.
  actions.goTo('paths');
  actions.goTo('findings');
  actions.next();
  actions.next();
  expect([backTo(), backTo()]).toEqual(['paths', 'findings']);
});

test('a step is done when nothing is left to do there', async () => {
  const { actions, state } = session({ a: broken() });
  const done = (): string[] => STEPS.filter(({ id }) => isDone(id, state())).map(({ id }) => id);
  expect(done()).toEqual(['nodes']);
  await actions.openAccess();
  expect(done()).toEqual(['nodes', 'access']);
  await actions.runSurvey();
  expect(done()).toEqual(['nodes', 'intent', 'access', 'survey', 'findings']);
  actions.pickFix('a/fake/manager/unmanaged', true);
  actions.pickFix('a/fake/firewall/disable', true);
  actions.consentFix('a/fake/firewall/disable', 'DISABLE');
  await actions.applyFixes();
  actions.setExport({ bundle: 'out' });
  await actions.runExport();
  // Paths were not tested.
  expect(done()).toEqual(STEPS.map(({ id }) => id).filter((id) => id !== 'paths'));
});

test('leaving stops what runs, waits for it, saves and closes', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  fake.hold('survey');
  const running = actions.runSurvey();
  await actions.leave();
  await running;
  expect(fake.signals[0]?.aborted).toBe(true);
  expect(state().busy).toBeNull();
  expect(fake.saved.at(-1)).toMatchObject({ busy: null, nodes: [{ name: 'a' }] });
  expect(fake.calls.at(-1)).toBe('close');
  await actions.runSurvey();
  expect(fake.calls.filter((call) => call.startsWith('survey'))).toHaveLength(1);
});

test('leaving waits for a port that takes its time to stop', async () => {
  const { actions, fake } = session({ a: healthy() });
  let stop: (() => void) | undefined;
  Object.assign(fake.ports.fleet, {
    survey: () =>
      new Promise((resolve) => {
        stop = () => {
          resolve([]);
        };
      }),
  });
  const running = actions.runSurvey();
  let left = false;
  const leaving = actions.leave().then(() => {
    left = true;
  });
  await settle();
  expect(left).toBe(false);
  stop?.();
  await leaving;
  await running;
  expect(fake.saved).not.toEqual([]);
});

test('leaving waits for the save, even when it is slow', async () => {
  const { actions, fake } = session({ a: healthy() });
  fake.hold('save');
  let left = false;
  const leaving = actions.leave().then(() => {
    left = true;
  });
  await settle();
  expect(left).toBe(false);
  fake.release('save');
  await leaving;
  expect(left).toBe(true);
});

test('a save that fails is a warning, and leaving still leaves', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  fake.failSaves = new Error('no space left on device');
  actions.goTo('intent');
  await settle();
  expect(state().notice).toEqual({
    level: 'warning',
    text: 'The session was not saved: no space left on device',
  });
  await actions.leave();
});

test('never two saves at once, and the last state is the one kept', async () => {
  let value = 0;
  let running = 0;
  const kept: number[] = [];
  const waiting: (() => void)[] = [];
  const saver = createSaver(
    async () => {
      running += 1;
      expect(running).toBe(1);
      kept.push(value);
      await new Promise<void>((resolve) => waiting.push(resolve));
      running -= 1;
    },
    (error) => {
      throw error;
    },
  );
  for (value = 1; value <= 3; value += 1) saver.request();
  await settle();
  value = 10;
  saver.request();
  value = 11;
  saver.request();
  waiting.shift()?.();
  await settle();
  waiting.shift()?.();
  await saver.idle();
  expect(kept).toEqual([4, 11]);
  await saver.idle();
});
