import { expect, test } from 'vitest';
import { OperatorError } from '../../src/domain/errors.js';
import { judgedStatus } from '../../src/session/fix-items.js';
import { fixGroups, pickedFixes } from '../../src/session/selectors/fixes.js';
import { broken, healthy, type FakeNode } from '../helpers/fake-ports.js';
import { firewall, manager, picked, session, settle } from './session.js';

test('a survey offers the fixes of what fails, grouped by what they do', async () => {
  const { actions, state } = session({ a: broken(), b: broken(), c: healthy() });
  await actions.runSurvey();
  expect(
    fixGroups(state().fixes).map(({ check, kind, items }) => [check, kind, items.length]),
  ).toEqual([
    ['fake/firewall', 'disruptive', 2],
    ['fake/manager', 'safe', 2],
  ]);
});

test('a fix is verified by the same probes and only then closed', async () => {
  const { actions, state, fix, fake } = await picked({ a: broken() });
  await actions.applyFixes();
  expect(fake.calls).toEqual(['apply fake/manager a', 'survey a']);
  expect(fix(manager('a'))).toMatchObject({
    phase: 'verified',
    picked: false,
    changeId: 'change-1',
  });
  expect(judgedStatus(state().report, 'a', 'fake/manager')).toBe('pass');
  expect(state().busy).toBeNull();
});

test('the first node goes alone; the rest follow when it is verified', async () => {
  const { actions, state, fake } = await picked({ a: broken(), b: broken(), c: broken() });
  await actions.applyFixes();
  expect(fake.calls.slice(0, 2)).toEqual(['apply fake/manager a', 'survey a']);
  expect([...fake.calls.slice(2)].sort()).toEqual([
    'apply fake/manager b',
    'apply fake/manager c',
    'survey b',
    'survey c',
  ]);
  expect(state().fixes.filter((item) => item.phase === 'verified')).toHaveLength(3);
  expect(state().notice).toBeNull();
});

const ENDS: readonly [FakeNode['fix'], string, string][] = [
  ['no-effect', 'not-fixed', 'It was applied, but the check still says the same.'],
  ['refused', 'failed', 'The evidence changed since it was shown.'],
  ['uncertain', 'uncertain', 'The connection broke.'],
  ['throws', 'uncertain', 'the executor broke. Survey the node again (step 4).'],
  [
    'works-then-lost',
    'uncertain',
    'It was applied, but the node did not answer afterwards. Survey it again (step 4).',
  ],
];

test.each(ENDS)(
  'a canary that ends with %s is %s and stops the rest',
  async (end, phase, message) => {
    const { actions, state, fix, fake } = await picked({ a: broken({ fix: end }), b: broken() });
    await actions.applyFixes();
    expect(fix(manager('a'))).toMatchObject({ phase, message, picked: false });
    expect(fix(manager('b'))).toMatchObject({ phase: 'offered', picked: true });
    expect(fake.calls.filter((call) => call.startsWith('apply'))).toEqual(['apply fake/manager a']);
    expect(state().notice?.text).toBe(
      'fake/manager on a was tried first and is not mended, so the 1 other picked fix was not started.',
    );
  },
);

test('a failure after the canary does not stop the others', async () => {
  const { actions, fix } = await picked({
    a: broken(),
    b: broken({ fix: 'no-effect' }),
    c: broken(),
  });
  await actions.applyFixes();
  expect(fix(manager('b'))?.phase).toBe('not-fixed');
  expect(fix(manager('c'))?.phase).toBe('verified');
});

test('a port that refuses by an error is a failure with its next step', async () => {
  const { actions, fix, fake } = await picked({ a: broken() });
  Object.assign(fake.ports.fixer, {
    apply: () => Promise.reject(new OperatorError('sudo said no.', 'Use another user.')),
  });
  await actions.applyFixes();
  expect(fix(manager('a'))).toMatchObject({
    phase: 'failed',
    message: 'sudo said no. Use another user.',
  });
});

test('an uncertain fix is not tried again until a survey has shown how it ended', async () => {
  const { actions, fix, fake } = await picked({ a: broken({ fix: 'uncertain' }) });
  await actions.applyFixes();
  actions.pickFix(manager('a'), true);
  await actions.applyFixes();
  expect(fix(manager('a'))).toMatchObject({ phase: 'uncertain', picked: false });
  expect(fake.calls.filter((call) => call.startsWith('apply'))).toHaveLength(1);
  await actions.runSurvey();
  expect(fix(manager('a'))?.phase).toBe('not-fixed');
  const node = fake.world['a'];
  if (node !== undefined) node.fix = 'works';
  actions.pickFix(manager('a'), true);
  await actions.applyFixes();
  expect(fix(manager('a'))?.phase).toBe('verified');
});

test('an uncertain fix that a later survey finds mended is verified', async () => {
  const { actions, fix, fake } = await picked({ a: broken({ fix: 'works-then-lost' }) });
  await actions.applyFixes();
  delete fake.world['a']?.unreached;
  await actions.runSurvey();
  expect(fix(manager('a'))).toMatchObject({ phase: 'verified', changeId: 'change-1' });
});

test('a disruptive fix is applied only after exactly its word', async () => {
  const { actions, state, fix, fake } = session({ a: broken() });
  await actions.runSurvey();
  actions.pickFix(firewall('a'), true);
  await actions.applyFixes();
  expect(state().notice?.text).toContain('type its word');
  expect(pickedFixes(state()).needConsent).toHaveLength(1);
  expect(actions.consentFix(firewall('a'), 'disable')).toBe(false);
  expect(actions.consentFix(firewall('a'), 'DISABLE ')).toBe(false);
  expect(actions.consentFix(manager('a'), '')).toBe(false);
  expect(fix(firewall('a'))?.consented).toBe(false);
  expect(actions.consentFix(firewall('a'), 'DISABLE')).toBe(true);
  expect(pickedFixes(state()).ready).toHaveLength(1);
  await actions.applyFixes();
  expect(fix(firewall('a'))?.phase).toBe('verified');
  expect(fake.calls).toContain('apply fake/firewall a');
});

test('what waits for its word does not hold up what needs none', async () => {
  const { actions, state, fix } = await picked({ a: broken() });
  actions.pickFix(firewall('a'), true);
  await actions.applyFixes();
  expect(fix(manager('a'))?.phase).toBe('verified');
  expect(fix(firewall('a'))).toMatchObject({ phase: 'offered', picked: true });
  expect(state().notice?.level).toBe('info');
});

test('nothing picked is nothing done', async () => {
  const { actions, state, fake } = session({ a: broken() });
  await actions.runSurvey();
  await actions.applyFixes();
  expect(state().notice?.text).toBe('Pick a fix first.');
  expect(fake.calls).toEqual(['survey a']);
});

test('stopping during a change leaves it uncertain and starts nothing more', async () => {
  const { actions, fix, fake } = await picked({ a: broken(), b: broken() });
  fake.hold('apply');
  const running = actions.applyFixes();
  await settle();
  expect(fix(manager('a'))?.phase).toBe('applying');
  actions.cancel();
  await running;
  expect(fix(manager('a'))?.phase).toBe('uncertain');
  expect(fix(manager('b'))).toMatchObject({ phase: 'offered', picked: true });
});

test('stopping during the verification leaves the change to be looked at', async () => {
  const { actions, fix, fake } = await picked({ a: broken() });
  fake.hold('survey');
  const running = actions.applyFixes();
  await settle();
  expect(fix(manager('a'))?.phase).toBe('verifying');
  actions.cancel();
  await running;
  expect(fix(manager('a'))).toMatchObject({ phase: 'uncertain', changeId: 'change-1' });
});

test('a fix that is only shown cannot be marked and is never applied', async () => {
  const { actions, state, fake, store } = await picked({ a: broken() });
  store.setState({
    fixes: state().fixes.map((item) => ({ ...item, fix: { ...item.fix, byHandOnly: true } })),
  });
  expect(state().fixes.some((item) => item.picked)).toBe(true);
  expect(pickedFixes(state())).toEqual({ ready: [], needConsent: [] });
  await actions.applyFixes();
  expect(fake.calls.filter((call) => call.startsWith('apply'))).toEqual([]);
  actions.pickFix(manager('a'), false);
  actions.pickFix(manager('a'), true);
  expect(state().fixes.some((item) => item.picked)).toBe(false);
});
