import { expect, test } from 'vitest';
import { STATUS } from '../../src/domain/status.js';
import { OperatorError } from '../../src/domain/errors.js';
import { fixKey, isMended, judgedStatus, syncFixes } from '../../src/session/fix-items.js';
import { fixGroups, pickedFixes } from '../../src/session/selectors/fixes.js';
import { broken, healthy, type FakeNode } from '../helpers/fake-ports.js';
import { session, settle, type TestSession } from './session.js';

const manager = (node: string): string => `${node}/fake/manager/unmanaged`;
const firewall = (node: string): string => `${node}/fake/firewall/disable`;

/** Surveyed, with the manager fix of these nodes picked. */
async function picked(world: Record<string, FakeNode>): Promise<TestSession> {
  const made = session(world);
  await made.actions.runSurvey();
  for (const node of Object.keys(world)) made.actions.pickFix(manager(node), true);
  made.fake.calls.length = 0;
  return made;
}

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
  ['throws', 'uncertain', 'the executor broke. Survey the node again.'],
  [
    'works-then-lost',
    'uncertain',
    'It was applied, but the node did not answer afterwards. Survey it again.',
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

test('an undone fix is asked for again, and may be applied again', async () => {
  const { actions, state, fix, fake } = await picked({ a: broken() });
  await actions.applyFixes();
  await actions.undoFix(manager('a'));
  expect(fake.calls.slice(-2)).toEqual(['undo change-1 a', 'survey a']);
  expect(fix(manager('a'))).toMatchObject({ phase: 'undone', message: 'Undone.' });
  expect(fix(manager('a'))?.changeId).toBeUndefined();
  expect(judgedStatus(state().report, 'a', 'fake/manager')).toBe('fail');
  await actions.undoFix(manager('a'));
  expect(state().notice?.text).toBe('There is no change of this fix to undo.');
  actions.pickFix(manager('a'), true);
  await actions.applyFixes();
  expect(fix(manager('a'))).toMatchObject({ phase: 'verified', changeId: 'change-2' });
});

test.each([
  ['refused', 'verified'],
  ['uncertain', 'uncertain'],
] as const)('an undo that ends %s leaves the fix %s and says so', async (undo, phase) => {
  const { actions, state, fix } = await picked({ a: broken({ undo }) });
  await actions.applyFixes();
  await actions.undoFix(manager('a'));
  expect(fix(manager('a'))).toMatchObject({ phase, changeId: 'change-1' });
  expect(state().notice?.text).toContain('It was not undone: ');
});

test('a verified fix whose check fails again later is not fixed', async () => {
  const { actions, fix, fake } = await picked({ a: broken() });
  await actions.applyFixes();
  const node = fake.world['a'];
  if (node !== undefined) node.words['fake-manager'] = 'managed';
  await actions.runSurvey();
  expect(fix(manager('a'))?.phase).toBe('not-fixed');
});

test('a waived failure is still a failure for the fix', async () => {
  const { actions, fix } = await picked({ a: broken({ fix: 'no-effect' }) });
  actions.addWaiver({ check: 'fake/manager', who: 'op', why: 'later', until: '2026-12-31' });
  await actions.applyFixes();
  expect(fix(manager('a'))?.phase).toBe('not-fixed');
});

test('the preview comes from the executor', async () => {
  const { actions, fix } = await picked({ a: broken() });
  const item = fix(manager('a'));
  if (item === undefined) throw new Error('there is a fix');
  expect(actions.previewFix(item).diff).toEqual(['+++ /etc/manager.conf']);
  expect(actions.previewFix({ ...item, node: 'nobody' }).actions).toEqual([
    'This node is not on the list any more.',
  ]);
});

test('unknown never closes a fix', () => {
  expect(isMended(STATUS.fail, STATUS.unknown)).toBe(false);
  expect(isMended(STATUS.fail, null)).toBe(false);
  expect(isMended(STATUS.warn, STATUS.warn)).toBe(false);
  expect(isMended(STATUS.fail, STATUS.warn)).toBe(true);
  expect(isMended(STATUS.warn, STATUS.pass)).toBe(true);
});

test('a fix that took no effect is verified when a later survey finds it mended', async () => {
  const { actions, fix, fake } = await picked({ a: broken({ fix: 'no-effect' }) });
  await actions.applyFixes();
  const node = fake.world['a'];
  if (node !== undefined) node.words['fake-manager'] = 'unmanaged';
  await actions.runSurvey();
  expect(fix(manager('a'))).toMatchObject({ phase: 'verified', changeId: 'change-1' });
});

test('a fix that the newest evidence does not ask for is not run', async () => {
  const { actions, fix, fake } = await picked({ a: broken({ fix: 'no-effect' }) });
  await actions.applyFixes();
  const node = fake.world['a'];
  if (node !== undefined) node.unreached = 'refused: closed';
  await actions.runSurvey();
  fake.calls.length = 0;
  actions.pickFix(manager('a'), true);
  await actions.applyFixes();
  expect(fake.calls).toEqual([]);
  expect(fix(manager('a'))).toMatchObject({
    phase: 'failed',
    message: 'The evidence no longer asks for this fix. Nothing was changed.',
  });
});

test('consent is for the text that was shown: another text needs another consent', async () => {
  const { actions, state, fix } = await picked({ a: broken() });
  actions.pickFix(firewall('a'), true);
  actions.consentFix(firewall('a'), 'DISABLE');
  const item = fix(firewall('a'));
  const { report } = state();
  if (item === undefined || report === null) throw new Error('there is a fix');
  const offering = (summary: string): ReturnType<typeof syncFixes> =>
    syncFixes(
      [item],
      { report, fixes: new Map([['a', new Map([[item.check, [{ ...item.fix, summary }]]])]]) },
      ['a'],
    );
  expect(item.key).toBe(fixKey('a', item.check, item.fix.way));
  expect(offering(item.fix.summary)).toMatchObject([{ consented: true, picked: true }]);
  expect(offering('Does something else.')).toMatchObject([{ consented: false, picked: true }]);
});

test('a change that took no effect can still be undone after another try was refused', async () => {
  const { actions, fix, fake } = await picked({ a: broken({ fix: 'no-effect' }) });
  await actions.applyFixes();
  const node = fake.world['a'];
  if (node !== undefined) node.fix = 'refused';
  actions.pickFix(manager('a'), true);
  await actions.applyFixes();
  expect(fix(manager('a'))).toMatchObject({ phase: 'failed', changeId: 'change-1' });
  await actions.undoFix(manager('a'));
  expect(fix(manager('a'))?.phase).toBe('undone');
});
