import { expect, test } from 'vitest';
import type { Waiver } from '../../src/domain/report.js';
import { broken, healthy } from '../helpers/fake-ports.js';
import { session } from './session.js';

const waiver: Waiver = {
  check: 'fake/manager',
  who: 'op@example.org',
  why: 'mended next week',
  until: '2026-03-31',
};

test('a waiver is judged at once, named in the finding, and taken back again', async () => {
  const { actions, state } = session({ a: broken() });
  await actions.runSurvey();
  const status = (check: string): unknown =>
    state().report?.nodes[0]?.findings.find((finding) => finding.check === check);
  actions.addWaiver(waiver);
  expect(status('fake/manager')).toMatchObject({ status: 'waived', waivedFrom: 'fail', waiver });
  actions.removeWaiver('fake/manager');
  expect(status('fake/manager')).toMatchObject({ status: 'fail' });
});

const REFUSED: readonly [string, Waiver, string][] = [
  [
    'of what nobody may sign away',
    { ...waiver, check: 'fake/machine' },
    'fake/machine cannot be waived',
  ],
  ['of no check', { ...waiver, check: 'fake/none' }, 'There is no check fake/none.'],
  ['of nobody', { ...waiver, who: '  ' }, 'who takes it'],
  ['without a reason', { ...waiver, why: '' }, 'needs a reason'],
  ['until no day', { ...waiver, until: '2026-02-30' }, 'written as'],
  ['until some text', { ...waiver, until: 'soon' }, 'written as'],
  ['until yesterday', { ...waiver, until: '2026-02-28' }, 'has passed'],
  ['for a stranger', { ...waiver, nodes: ['nobody'] }, 'There is no node nobody.'],
];

test.each(REFUSED)('a waiver %s is refused', (_name, refused, words) => {
  const { actions, state } = session({ a: healthy() });
  actions.addWaiver(refused);
  expect(state().waivers).toEqual([]);
  expect(state().notice?.level).toBe('error');
  expect(state().notice?.text).toContain(words);
});

test('a waiver of the same check and nodes replaces the old one, and nodes leave one by one', () => {
  const { actions, state } = session({ a: broken(), b: broken() });
  actions.addWaiver({ ...waiver, nodes: ['a', 'b'] });
  actions.addWaiver({ ...waiver, nodes: ['a', 'b'], why: 'because\u001b[31m' });
  expect(state().waivers.map(({ why }) => why)).toEqual(['because\u241b[31m']);
  actions.removeWaiver('fake/manager', 'a');
  expect(state().waivers[0]?.nodes).toEqual(['b']);
  actions.removeWaiver('fake/manager', 'b');
  expect(state().waivers).toEqual([]);
});

test('an export is of the report as it stands: any new judgement takes it back', async () => {
  const { actions, state } = session({ a: broken() });
  await actions.runExport();
  expect(state().notice?.text).toBe('Run the survey first.');
  await actions.runSurvey();
  await actions.runExport();
  expect(state().notice?.text).toBe('The bundle has no name. Type a file name.');
  actions.setExport({ bundle: 'out.tar.gz' });
  await actions.runExport();
  expect(state().exported).toMatchObject({ bundle: '/here/out.tar.gz', sha256: 'run-1' });
  actions.addWaiver(waiver);
  expect(state().exported).toBeNull();
});

test('a stopped export exports nothing', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  await actions.runSurvey();
  actions.setExport({ bundle: 'out.tar.gz' });
  fake.hold('export');
  const running = actions.runExport();
  actions.cancel();
  await running;
  expect(state().exported).toBeNull();
  expect(state().notice?.level).toBe('info');
});

test('keys to sign with are suggestions: none is no failure', async () => {
  const { actions, fake } = session({});
  expect(await actions.suggestSignKeys()).toEqual(['/home/op/.ssh/id_ed25519']);
  Object.assign(fake.ports.exporter, { signKeys: () => Promise.reject(new Error('no home')) });
  expect(await actions.suggestSignKeys()).toEqual([]);
});
