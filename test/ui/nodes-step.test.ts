import { afterEach, expect, it } from 'vitest';
import { broken, healthy, inventoryNode } from '../helpers/fake-ports.js';
import { closeWizards, startWizard, surveyed } from '../helpers/render-session.js';
import { KEY, pasted } from '../helpers/screen.js';

afterEach(closeWizards);

it('a typed host is added by Enter, and Enter in the empty field goes on', async () => {
  const { screen, state } = await startWizard();
  expect(await screen.shows('No node yet', 'Tab steps')).toMatchInlineSnapshot(`
    "calico-ready  Nodes  1/9
    List the machines to check. Type a host and press Enter, paste a list, or load a
    file. Nothing is contacted yet.
    ────────────────────────────────────────────────────────────────────────────────
    ❯ Add a host   root@10.0.0.11:22, or paste one host a line
      Load a file  a path: one host a line, YAML, or Ansible
      Import the hosts of ~/.ssh/config
      Add this machine, without SSH
      Look at the demo fleet instead
    0 nodes
    No node yet. Type a host above and press Enter.










    Same as: calico-ready
    Up/Down move · Tab steps · ? help · Ctrl-C leave"
  `);
  await screen.press('root@10.0.0.11:2222');
  await screen.shows('Enter add it');
  await screen.press(KEY.enter);
  await screen.shows('1 node', 'root@10.0.0.11:2222', 'Enter go on');
  expect(state().nodes).toMatchObject([{ name: '10.0.0.11', user: 'root', port: 2222 }]);
  await screen.press(KEY.enter);
  await screen.shows('Intent  2/9');
});

it('keys typed ahead in one read are single keys', async () => {
  const { screen, state } = await startWizard();
  await screen.press('node1\rnode2\r\r');
  await screen.shows('Intent  2/9');
  expect(state().nodes.map((node) => node.name)).toEqual(['node1', 'node2']);
});

it('a pasted list adds every line', async () => {
  const { screen, state } = await startWizard();
  await screen.press(pasted('node1\rnode2\r\nops@node3\n'));
  await screen.shows('3 nodes', 'ops@node3');
  expect(state().nodes).toHaveLength(3);
});

it('a refused host stays in the field, with the place of the mistake', async () => {
  const { screen, state } = await startWizard();
  await screen.press('two words', KEY.enter);
  await screen.shows('Error: line 1, column 1', 'Add a host   two words');
  await screen.press(KEY.ctrlX);
  await screen.hides('Error:');
  expect(state().nodes).toEqual([]);
});

it('roles are marked and nodes removed in the list', async () => {
  const { screen, state } = await startWizard({ world: { n1: healthy(), n2: healthy() } });
  await screen.press(...Array.from({ length: 5 }, () => KEY.down), 'c', KEY.down, 'd');
  await screen.shows('1 node', 'worker, control-plane', 'n2 is off the list');
  expect(state().nodes).toEqual([{ ...inventoryNode('n1'), roles: ['worker', 'control-plane'] }]);
});

it('a file, the SSH configuration and this machine are rows of their own', async () => {
  const { screen, state } = await startWizard({
    before: (_session, fake) => {
      fake.files.inventories['hosts.txt'] = [inventoryNode('from-file')];
      fake.files.sshConfig = [inventoryNode('from-ssh-config')];
    },
  });
  await screen.press(KEY.down, 'hosts.txt', KEY.enter);
  await screen.shows('from-file');
  await screen.press(KEY.down, KEY.down, KEY.enter);
  await screen.shows('from-ssh-config');
  await screen.press(KEY.down, KEY.down, KEY.down, KEY.enter);
  await screen.shows('3 nodes', 'this-machine');
  expect(state().nodes).toHaveLength(3);
});

it('a comment that a terminal types out with a list is left out', async () => {
  const { screen, state } = await startWizard();
  await screen.press('# the nodes\rnode1\r# and\rnode2\r');
  await screen.shows('2 nodes');
  expect(state().nodes.map((node) => node.name)).toEqual(['node1', 'node2']);
});

it('the demo is a row of its own, and the session is saved on the way to it', async () => {
  const { screen, result, fake } = await startWizard({ world: { n1: healthy() } });
  await screen.press(...Array.from({ length: 4 }, () => KEY.down));
  await screen.shows('Look at the demo fleet instead', 'Enter save, and open the demo');
  await screen.press(KEY.enter);
  expect(await result).toBe('demo');
  expect(fake.saved).not.toEqual([]);
});

it('in a field that holds text ? is a character, and Ctrl-G helps', async () => {
  const { screen } = await startWizard();
  await screen.shows('? help');
  await screen.press('a?');
  const typed = await screen.shows('Add a host   a?', 'Ctrl-G help');
  expect(typed).not.toContain('? help');
  await screen.press('\u0007');
  await screen.shows('Help: Nodes', 'Esc close the help');
  await screen.press(KEY.esc);
  await screen.shows('Add a host   a?');
});

it('a node that was surveyed leaves the list after a question, others at once', async () => {
  const { screen, state } = await startWizard({
    world: { n1: healthy(), n2: broken() },
    before: async (session) => {
      await surveyed(session);
      session.actions.pickFix('n2/fake/manager/unmanaged', true);
      await session.actions.applyFixes();
      session.actions.addNodes('n3');
    },
  });
  await screen.press(KEY.end, KEY.down, ...Array.from({ length: 7 }, () => KEY.down), 'd');
  await screen.shows('n3 is off the list', '❯ n2');
  await screen.press('d');
  await screen.shows('Take n2 off the list?', '1 change made on it', 'Esc keep it');
  await screen.press(KEY.esc);
  await screen.shows('❯ n2');
  expect(state().evidence).toHaveLength(2);
  await screen.press('d', KEY.enter);
  await screen.shows('n2 is off the list');
  expect(state().nodes.map(({ name }) => name)).toEqual(['n1']);
});

it('in a small window the list has the room while the pointer is in it', async () => {
  const names = Array.from({ length: 9 }, (_, at) => `node-${String(at + 1)}`);
  const { screen } = await startWizard({
    world: Object.fromEntries(names.map((name) => [name, healthy()])),
    columns: 60,
    rows: 15,
  });
  await screen.shows('1 to 1 of 9 lines', 'Load a file');
  await screen.press(KEY.down, KEY.down, KEY.end);
  await screen.shows('node-5', '❯ node-9', '5 to 9 of 9 lines', 'Home: add hosts');
  await screen.press(KEY.home);
  await screen.shows('❯ Add a host', 'Load a file');
});
