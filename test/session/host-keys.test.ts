import { expect, test } from 'vitest';
import { healthy } from '../helpers/fake-ports.js';
import { session } from './session.js';

test('B12/15 a survey that meets another host key than the one before says so, and keeps both nodes', async () => {
  const world = {
    n1: healthy({ fingerprint: 'SHA256:old' }),
    n2: healthy({ fingerprint: 'SHA256:two' }),
  };
  const { actions, state } = session(world);
  await actions.runSurvey();
  expect(state().notice).toBeNull();
  world.n1.fingerprint = 'SHA256:new';
  await actions.runSurvey();
  expect(state().notice).toEqual({
    level: 'warning',
    text: 'n1 shows the host key SHA256:new, and showed SHA256:old before.',
  });
  expect(state().report?.nodes.map(({ facts }) => facts['host-key'])).toEqual([
    'ssh-ed25519 SHA256:new',
    'ssh-ed25519 SHA256:two',
  ]);
});

test('B12/14 two nodes with one host key are said once, and recorded at both', async () => {
  const same = { fingerprint: 'SHA256:one' };
  const { actions, state } = session({ a: healthy(same), b: healthy(same), c: healthy() });
  await actions.runSurvey();
  expect(state().notice?.text).toBe(
    'a, b show one host key (SHA256:one): the same machine twice, or copies of one image?',
  );
  expect(state().report?.nodes.map(({ facts }) => facts['host-key-shared-with'])).toEqual([
    'b',
    'a',
    undefined,
  ]);
});

test('a list keeps a differing key out of the actions, too', async () => {
  const print = (letter: string): string => `SHA256:${letter.repeat(43)}`;
  const { actions, state, fake } = session({
    a: healthy({ hostKey: 'ask', fingerprint: print('A') }),
    b: healthy({ hostKey: 'ask', fingerprint: print('B') }),
  });
  actions.compareHostKeys(`a ${print('A')}\nb ${print('X')}`);
  await actions.openAccess();
  actions.acceptHostKey('b');
  actions.acceptAllHostKeys();
  await expect.poll(() => state().nodeAccess['a']?.phase).toBe('open');
  expect(state().nodeAccess['b']).toMatchObject({
    phase: 'failed',
    reason: `host-key-changed: b:22 shows ssh-ed25519 ${print('B')}, but your list holds ${print('X')} for it`,
  });
  expect(fake.calls).toEqual(['access a b', 'accept a', 'access a']);
  actions.compareHostKeys('');
  expect(state().hostKeyList).toBeUndefined();
});
