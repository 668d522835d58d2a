import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import { deserialiseSession, serialiseSession } from '../../src/session/snapshot/snapshot.js';
import { createSessionStore } from '../../src/session/store.js';
import type { SessionState } from '../../src/session/state.js';
import { broken, fakePorts, healthy } from '../helpers/fake-ports.js';
import { session, settle, type TestSession } from './session.js';

/** What a resumed session starts from: everything but what only a running one has. */
const kept = (state: SessionState): Partial<SessionState> => {
  const { nodeAccess, prompt, progress, report, busy, notice, cameFrom, ...rest } = state;
  expect([nodeAccess, prompt, progress, report, busy, notice, cameFrom]).toHaveLength(7);
  return rest;
};

async function worked(): Promise<TestSession> {
  const made = session({ a: broken(), b: healthy({ unreached: 'refused: closed' }) });
  const { actions } = made;
  await actions.openAccess();
  await actions.runSurvey();
  actions.pickFix('a/fake/manager/unmanaged', true);
  await actions.applyFixes();
  actions.pickFix('a/fake/firewall/disable', true);
  actions.addWaiver({
    check: 'fake/firewall',
    nodes: ['a'],
    who: 'op',
    why: 'x',
    until: '2027-01-01',
  });
  actions.setIntent({ encapsulation: 'vxlan', mtu: 1400 });
  actions.setExport({ bundle: '/tmp/b.tar.gz', signer: 'op@example.org' });
  await actions.runExport();
  actions.goTo('sign-off');
  return made;
}

test('a session comes back as it was, and its report is judged to the same words', async () => {
  const { state, fake } = await worked();
  const { session: back } = deserialiseSession(serialiseSession(state()));
  expect(back).toEqual(kept(state()));
  if (back === null) throw new Error('it was restored');
  const resumed = createSessionStore(fake.ports, back).store.getState();
  expect(resumed.report).toEqual(state().report);
  expect(resumed).toMatchObject({ step: 'sign-off', fixes: state().fixes });
  expect(resumed.progress).toEqual({
    a: { phase: 'asked', seconds: 1.5 },
    b: { phase: 'unreached', reason: 'refused: closed' },
  });
  expect(resumed.nodeAccess).toEqual({});
  expect(resumed.exported?.bundle).toBe('/tmp/b.tar.gz');
});

test('the place of the bundle is kept in full; of a session of before, its name is taken from here', () => {
  const { actions, state, fake } = session({ a: healthy() });
  actions.setExport({ bundle: 'b.tar.gz' });
  expect(deserialiseSession(serialiseSession(state())).session?.exportSettings.bundle).toBe(
    '/here/b.tar.gz',
  );
  const before = { ...state(), exportSettings: { ...state().exportSettings, bundle: 'b.tar.gz' } };
  const { session: back } = deserialiseSession(serialiseSession(before));
  if (back === null) throw new Error('it was restored');
  const { exportSettings } = createSessionStore(fake.ports, back).store.getState();
  expect(exportSettings.bundle).toBe('/here/b.tar.gz');
});

test('any bytes, texts and names survive', () => {
  const name = fc.string({ minLength: 1, maxLength: 30, unit: 'binary' });
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { maxLength: 4 }),
      bytes,
      bytes,
      fc.option(fc.integer(), { nil: null }),
      fc.boolean(),
      (names, stdout, stderr, exit, asBuffer) => {
        const { state } = session({});
        const output = asBuffer ? Buffer.from(stdout) : stdout;
        const item = { probe: 'p', command: 'c', stdout: output, stderr, exit };
        const evidence = { ...item, durationMs: 1.5, receivedAt: null };
        const full: SessionState = {
          ...state(),
          nodes: names.map((host) => ({ name: host, host, roles: [] })),
          evidence: names.map((node) => ({
            node,
            startedAt: 1,
            finishedAt: 2,
            evidence: [evidence],
            noise: stderr,
          })),
        };
        const { session: back, reason } = deserialiseSession(serialiseSession(full));
        expect(reason).toBeUndefined();
        const plain = { ...evidence, stdout };
        expect(back).toEqual(
          kept({ ...full, evidence: full.evidence.map((one) => ({ ...one, evidence: [plain] })) }),
        );
      },
    ),
  );
});

test('a typed secret is in no state that is saved, not even while it is asked for', async () => {
  const secret = 'hunter2-secret';
  const { actions, store, state, fake } = session({ a: broken({ password: secret }) });
  const texts: string[] = [];
  store.subscribe((now) => texts.push(serialiseSession(now), JSON.stringify(now)));
  const running = actions.openAccess();
  await settle();
  expect(state().prompt).not.toBeNull();
  expect(serialiseSession(state())).not.toContain('password:');
  actions.answerPrompt(secret);
  await running;
  await actions.runSurvey();
  await actions.leave();
  texts.push(...fake.saved.map(serialiseSession));
  expect(fake.secrets).toEqual([secret]);
  expect(texts.length).toBeGreaterThan(5);
  expect(texts.filter((text) => text.includes(secret))).toEqual([]);
});

test('a session that ended during a change resumes with that change uncertain', async () => {
  const { actions, state, fake } = session({ a: broken() });
  await actions.runSurvey();
  actions.pickFix('a/fake/manager/unmanaged', true);
  fake.hold('apply');
  const running = actions.applyFixes();
  await settle();
  const { session: back } = deserialiseSession(serialiseSession(state()));
  actions.cancel();
  await running;
  if (back === null) throw new Error('it was restored');
  const resumed = createSessionStore(fake.ports, back);
  expect(
    resumed.store.getState().fixes.find((item) => item.key === 'a/fake/manager/unmanaged'),
  ).toMatchObject({ phase: 'uncertain', picked: false });
});

test('a saved fix is never run: what runs is what today’s judgement offers', async () => {
  const { state, fake } = await worked();
  const text = serialiseSession(state()).replaceAll(
    '"units":[{"unit":"fake-firewall.service"',
    '"units":[{"unit":"sshd.service"',
  );
  expect(text).toContain('sshd.service');
  const { session: back } = deserialiseSession(text);
  if (back === null) throw new Error('it was restored');
  const { store } = createSessionStore(fakePorts({}).ports, back);
  expect(JSON.stringify(store.getState().fixes)).not.toContain('sshd.service');
  expect(fake.calls).not.toContain('apply fake/firewall a');
});

test('a saved fix is not run after it was uncertain either', async () => {
  const { actions, state, fake } = session({ a: broken({ fix: 'uncertain' }) });
  await actions.runSurvey();
  actions.pickFix('a/fake/manager/unmanaged', true);
  await actions.applyFixes();
  const text = serialiseSession(state()).replaceAll('cali*=unmanaged', 'evil');
  const { session: back } = deserialiseSession(text);
  if (back === null) throw new Error('it was restored');
  expect(JSON.stringify(back)).toContain('evil');
  const resumed = createSessionStore(fake.ports, back);
  await resumed.actions.runSurvey();
  expect(JSON.stringify(resumed.store.getState().fixes)).not.toContain('evil');
});

type Json = Record<string, unknown>;
const edit = (text: string, change: (value: Json) => void): string => {
  const value = JSON.parse(text) as Json;
  change(value);
  return JSON.stringify(value);
};

const ODD: readonly [string, (value: Json) => void, RegExp][] = [
  ['another kind', (v) => (v['kind'] = 'x'), /not a saved calico-ready session/],
  ['another version', (v) => (v['version'] = 2), /saved by another version/],
  ['an unknown key', (v) => (v['prompt'] = null), /session\.prompt is not a key/],
  ['an inherited name', (v) => (v['constructor'] = 1), /session\.constructor is not a key/],
  ['a missing key', (v) => delete v['waivers'], /session\.waivers is not a list/],
  ['no step', (v) => (v['step'] = 'finish'), /session\.step is not one of/],
  ['an unknown release', (v) => ((v['intent'] as Json)['calico'] = '9'), /intent\.calico/],
  ['a null node', (v) => (v['nodes'] = [null]), /session\.nodes\[0\] is not an object/],
  ['no time', (v) => (v['startedAt'] = 'today'), /is no time/],
  ['evidence of nobody', (v) => (v['nodes'] = []), /evidence of no node/],
  [
    'one node twice',
    (v) => (v['nodes'] = [...(v['nodes'] as Json[]), (v['nodes'] as Json[])[0]]),
    /one name/,
  ],
  [
    'a fix under another key',
    (v) => (((v['fixes'] as Json[])[0] ?? {})['key'] = 'x'),
    /fix is of no node/,
  ],
  [
    'a number for a name',
    (v) => (((v['nodes'] as Json[])[0] ?? {})['name'] = 7),
    /\.name is not a text/,
  ],
  [
    'a port out of range',
    (v) => (((v['nodes'] as Json[])[0] ?? {})['port'] = 0),
    /\.port is not a port/,
  ],
  [
    'a reason without a code',
    (v) => (((v['evidence'] as Json[])[1] ?? {})['unreached'] = 'no idea'),
    /unreached is not a reason/,
  ],
  [
    'bytes that are no base64',
    (v) => ((((v['evidence'] as Json[])[0]?.['evidence'] as Json[])[0] ?? {})['stdout'] = 'a*=='),
    /stdout is not base64/,
  ],
];

test.each(ODD)('a saved session with %s is refused with a sentence', async (_name, change, why) => {
  const { state } = await worked();
  const { session: back, reason } = deserialiseSession(edit(serialiseSession(state()), change));
  expect(back).toBeNull();
  expect(reason).toMatch(why);
});

test.each(['', 'null', '[]', '{"kind":"calico-ready/session"', '\u0000', '['.repeat(100_000)])(
  'text that is no session is refused: %.20j',
  (text) => {
    expect(deserialiseSession(text)).toEqual({
      session: null,
      reason: 'This is not a saved calico-ready session.',
    });
  },
);

test('a cut file is refused wherever it was cut', async () => {
  const { state } = await worked();
  const text = serialiseSession(state()).trimEnd();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: text.length - 1 }), (end) => {
      expect(deserialiseSession(text.slice(0, end)).session).toBeNull();
    }),
  );
});

test('sentences of a saved file cannot steer the terminal', async () => {
  const { state } = await worked();
  const text = edit(serialiseSession(state()), (value) => {
    for (const item of value['fixes'] as Json[]) item['message'] = '\u001b[2J';
  });
  const { session: back } = deserialiseSession(text);
  expect(back?.fixes.map((item) => item.message)).toContain('\u241b[2J');
});

test('a resumed step that cannot be reached any more is the first one', () => {
  const { state } = session({}, { step: 'findings', intent: DEFAULT_INTENT });
  expect(state().step).toBe('nodes');
});
