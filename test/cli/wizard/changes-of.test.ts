import { expect, test } from 'vitest';
import type { ChangeRecord } from '../../../src/bundle/contents.js';
import { changesOf } from '../../../src/cli/wizard/export-port.js';
import { broken } from '../../helpers/fake-ports.js';
import { firewall, manager, picked } from '../../session/session.js';

const told = (changes: readonly ChangeRecord[]): readonly string[] =>
  changes.map((one) => `${one.node} ${one.check} ${one.way} ${one.changeId} ${one.outcome}`);

test('a session that was taken up again still tells what was changed before', async () => {
  const { actions, state } = await picked({ n1: broken(), n2: broken() });
  await actions.applyFixes();
  const saved = state();
  expect(told(changesOf(saved, []))).toEqual([
    'n1 fake/manager unmanaged change-1 verified',
    'n2 fake/manager unmanaged change-2 verified',
  ]);
  await actions.undoFix(manager('n2'));
  expect(told(changesOf(state(), []))[1]).toBe('n2 fake/manager unmanaged  undone');
});

test('what this run did itself is told once, as it happened', async () => {
  const { actions, state } = await picked({ n1: broken() });
  await actions.applyFixes();
  const record = {
    node: 'n1',
    check: 'fake/manager',
    way: 'unmanaged',
    changeId: 'c',
    outcome: 'applied',
    consent: 'picked',
  };
  expect(changesOf(state(), [record])).toEqual([record]);
  expect(state().fixes.some((item) => item.key === firewall('n1'))).toBe(true);
});
