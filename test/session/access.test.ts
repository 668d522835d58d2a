import { expect, test } from 'vitest';
import { accessCounts, hostKeyTable } from '../../src/session/selectors/progress.js';
import { healthy } from '../helpers/fake-ports.js';
import { session, settle } from './session.js';

test('each node ends open, failed, or with its host key on the table', async () => {
  const { actions, state } = session({
    open: healthy(),
    gone: healthy({ unreached: 'refused: port 22 is closed' }),
    fresh: healthy({ hostKey: 'ask' }),
  });
  await actions.openAccess();
  expect(accessCounts(state())).toEqual({
    untried: 0,
    connecting: 0,
    open: 1,
    'host-key': 1,
    failed: 1,
  });
  expect(state().nodeAccess['gone']).toEqual({
    phase: 'failed',
    reason: 'refused: port 22 is closed',
    nextStep: 'Look at the node.',
  });
  expect(hostKeyTable(state()).map((key) => key.fingerprint)).toEqual(['SHA256:fake-fresh']);
  expect(state().busy).toBeNull();
});

test('accepting all keys pins them and connects to those nodes again', async () => {
  const { actions, state, fake } = session({
    a: healthy({ hostKey: 'ask' }),
    b: healthy({ hostKey: 'ask' }),
    c: healthy(),
  });
  await actions.openAccess();
  actions.acceptAllHostKeys();
  await settle();
  expect(fake.calls).toEqual(['access a b c', 'accept a b', 'access a b']);
  expect(accessCounts(state()).open).toBe(3);
});

test('a key accepted while others still connect is tried in another round', async () => {
  const { actions, state, fake } = session({
    a: healthy({ hostKey: 'ask' }),
    b: healthy({ password: 'pw' }),
  });
  const running = actions.openAccess();
  await settle();
  expect(state().prompt?.node).toBe('b');
  // Events gather for a frame; the table fills without waiting for the slow node.
  await expect.poll(() => hostKeyTable(state()).length).toBe(1);
  actions.acceptHostKey('a');
  expect(hostKeyTable(state())).toEqual([]);
  actions.answerPrompt('pw');
  await running;
  expect(fake.calls).toEqual(['access a b', 'accept a', 'access a']);
  expect(accessCounts(state()).open).toBe(2);
});

test('a refused key is a failure of that node alone', async () => {
  const { actions, state, fake } = session({ a: healthy({ hostKey: 'ask' }), b: healthy() });
  await actions.openAccess();
  actions.refuseHostKey('a');
  actions.refuseHostKey('b');
  expect(state().nodeAccess['a']).toMatchObject({ phase: 'failed' });
  expect(state().nodeAccess['b']).toMatchObject({ phase: 'open' });
  expect(JSON.stringify(state().nodeAccess['a'])).toContain('host-key-unknown: ');
  expect(fake.calls).toEqual(['access a b']);
});

test('prompts show one at a time and their answers go past the state', async () => {
  const { actions, state, store, fake } = session({
    a: healthy({ password: 'hunter2-secret' }),
    b: healthy({ password: 'other-secret' }),
  });
  const seen: string[] = [];
  store.subscribe((now) => seen.push(JSON.stringify(now)));
  const running = actions.openAccess();
  await settle();
  expect(state().prompt).toMatchObject({ node: 'a', kind: 'password', echo: false });
  actions.answerPrompt('hunter2-secret');
  await settle();
  expect(state().prompt).toMatchObject({ node: 'b' });
  actions.answerPrompt(null);
  await running;
  expect(state().prompt).toBeNull();
  expect(state().nodeAccess['b']).toMatchObject({ phase: 'failed' });
  expect(fake.secrets).toEqual(['hunter2-secret']);
  expect(seen.filter((text) => text.includes('hunter2-secret'))).toEqual([]);
});

test('stopping leaves no node connecting and is no error', async () => {
  const { actions, state, fake } = session({ a: healthy(), b: healthy({ password: 'pw' }) });
  const running = actions.openAccess();
  await settle();
  actions.cancel();
  await running;
  expect(fake.signals[0]?.aborted).toBe(true);
  expect(state().busy).toBeNull();
  expect(state().prompt).toBeNull();
  expect(state().notice).toEqual({ level: 'info', text: 'Stopped. What is known is kept.' });
  expect(accessCounts(state())).toMatchObject({ connecting: 0, open: 1, untried: 1 });
});

test('one long action at a time', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  fake.hold('access');
  const running = actions.openAccess();
  await actions.runSurvey();
  expect(state().notice?.text).toContain('Connecting is still running.');
  fake.release('access');
  await running;
  expect(fake.calls).toEqual(['access a']);
});

test('settings of access change key by key', () => {
  const { actions, state } = session({});
  actions.setAccess({ user: 'root' });
  actions.setAccess({ become: 'none' });
  expect(state().access).toMatchObject({ user: 'root', become: 'none', hostKey: 'ask' });
});

test('other settings: nobody was tried with them, and what was let in counts no longer', async () => {
  const { actions, state, fake } = session({
    a: healthy(),
    b: healthy({ unreached: 'lost: gone' }),
  });
  await actions.openAccess();
  expect(accessCounts(state())).toMatchObject({ open: 1, failed: 1 });
  actions.setAccess({ user: '' });
  expect(accessCounts(state())).toMatchObject({ open: 1, failed: 1 });
  actions.setAccess({ become: 'sudo' });
  expect(accessCounts(state()).untried).toBe(2);
  await settle();
  expect(fake.saved.at(-1)?.access.become).toBe('sudo');
});

test('settings do not change under what runs with them', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  fake.hold('access');
  const running = actions.openAccess();
  actions.setAccess({ user: 'else' });
  expect(state().access.user).toBe('');
  expect(state().notice?.text).toContain('Connecting is still running');
  fake.release('access');
  await running;
  expect(accessCounts(state()).open).toBe(1);
});
