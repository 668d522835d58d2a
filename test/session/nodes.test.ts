import { expect, test } from 'vitest';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import { THIS_MACHINE } from '../../src/session/this-machine.js';
import { healthy, inventoryNode } from '../helpers/fake-ports.js';
import { session, settle } from './session.js';

const names = (state: { nodes: readonly { name: string }[] }): string[] =>
  state.nodes.map((node) => node.name);

test('typed nodes are added, a name only once, and the session is saved', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  actions.addNodes('b\nroot@c:2222\na\nb');
  expect(names(state())).toEqual(['a', 'b', 'c']);
  expect(state().nodes[2]).toMatchObject({ host: 'c', user: 'root', port: 2222 });
  expect(state().notice).toEqual({ level: 'info', text: '2 of them are listed already.' });
  await settle();
  expect(fake.saved).toHaveLength(1);
});

test('what cannot be read is one sentence and a next step, and nothing is lost', async () => {
  const { actions, state } = session({ a: healthy() });
  actions.addNodes('two words');
  expect(state().notice?.level).toBe('error');
  expect(state().notice?.text).toBe('line 1, column 1: a host was expected. Mend it.');
  await actions.loadInventory('/none.yaml');
  expect(state().notice?.text).toBe('/none.yaml cannot be read. Name another file.');
  expect(names(state())).toEqual(['a']);
  actions.dismissNotice();
  expect(state().notice).toBeNull();
});

test('an inventory file is remembered until the list says something else', async () => {
  const { actions, state, fake } = session({});
  fake.files.inventories['/inv.yaml'] = [inventoryNode('a'), inventoryNode('b')];
  await actions.loadInventory('/inv.yaml');
  expect(state().files?.inventory).toBe('/inv.yaml');
  actions.removeNode('b');
  expect(state().files?.inventory).toBeUndefined();
});

test('the SSH configuration and this machine are sources of nodes', async () => {
  const { actions, state, fake } = session({});
  fake.files.sshConfig = [inventoryNode('bastion')];
  await actions.loadSshConfig();
  actions.addThisMachine();
  actions.addThisMachine();
  expect(names(state())).toEqual(['bastion', THIS_MACHINE.name]);
});

test('roles toggle', () => {
  const { actions, state } = session({ a: healthy() });
  actions.toggleRole('a', 'etcd');
  actions.toggleRole('a', 'worker');
  expect(state().nodes[0]?.roles).toEqual(['etcd']);
});

test('a removed node takes its evidence with it, and an added one is unknown until asked', async () => {
  const { actions, state } = session({ a: healthy(), b: healthy() });
  await actions.runSurvey();
  expect(state().report?.readiness).toBe('ready');
  actions.removeNode('b');
  expect(state().evidence.map((item) => item.node)).toEqual(['a']);
  expect(state().report?.nodes).toHaveLength(1);
  expect(Object.keys(state().progress)).toEqual(['a']);
  actions.addNodes('c');
  expect(state().report?.readiness).toBe('unknown');
  expect(state().report?.nodes[1]).toMatchObject({ name: 'c', reached: false });
  expect(state().report?.nodes[1]?.reason).toMatch(/^not-run: /);
  actions.removeNode('a');
  expect(state().report).toBeNull();
});

test('a node called like a member of Object is a node like any other', async () => {
  const { actions, state } = session({ constructor: healthy(), toString: healthy() });
  await actions.openAccess();
  await actions.runSurvey();
  expect(state().report?.readiness).toBe('ready');
  actions.removeNode('constructor');
  expect(Object.keys(state().nodeAccess)).toEqual(['toString']);
});

test('an intent is judged at once on the evidence that is there, without asking any node', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  await actions.runSurvey();
  const statusOf = (check: string): string | undefined =>
    state().report?.nodes[0]?.findings.find((finding) => finding.check === check)?.status;
  expect(statusOf('fake/tunnel')).toBe('not-applicable');
  actions.setIntent({ encapsulation: 'vxlan' });
  expect(statusOf('fake/tunnel')).toBe('pass');
  expect(fake.calls).toEqual(['survey a']);
});

test('a wrong intent changes nothing', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  actions.setIntent({ blockSize: 0 });
  expect(state().intent).toEqual(DEFAULT_INTENT);
  expect(state().notice?.text).toContain('blockSize is 0.');
  fake.files.intents['/i.yaml'] = { ...DEFAULT_INTENT, bgp: false };
  await actions.loadIntent('/i.yaml');
  expect(state().intent.bgp).toBe(false);
  expect(state().files?.intent).toBe('/i.yaml');
});

test('nodes and intent do not change under a running survey', async () => {
  const { actions, state, fake } = session({ a: healthy() });
  fake.hold('survey');
  const running = actions.runSurvey();
  actions.addNodes('b');
  actions.removeNode('a');
  actions.setIntent({ bgp: false });
  expect(names(state())).toEqual(['a']);
  expect(state().intent.bgp).toBe(true);
  expect(state().notice?.text).toBe('Surveying is still running. Wait for it or stop it first.');
  fake.release('survey');
  await running;
});

test('one host that is listed already is named, and a success leaves no older error behind', () => {
  const { actions, state } = session({ a: healthy() });
  actions.addNodes('a');
  expect(state().notice).toEqual({ level: 'info', text: 'a is listed already.' });
  actions.addNodes('two words');
  expect(state().notice?.level).toBe('error');
  actions.addThisMachine();
  expect(state().notice).toBeNull();
});
