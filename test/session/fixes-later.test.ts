import { expect, test } from 'vitest';
import { STATUS } from '../../src/domain/status.js';
import { fixKey, isMended, judgedStatus, syncFixes } from '../../src/session/fix-items.js';
import { broken } from '../helpers/fake-ports.js';
import { firewall, manager, picked } from './session.js';

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
