import { afterAll, beforeAll, expect, test } from 'vitest';
import { unmanagedFix } from '../../checks/interfaces/networkmanager-fix.js';
import { applyFix, listChanges, undoChange } from '../../src/change/run.js';
import type { Fix } from '../../src/domain/fix.js';
import type { Session } from '../../src/domain/transport.js';
import { createHostKeyPins } from '../../src/transport/ssh/host-key-pins.js';
import { createSshTransport } from '../../src/transport/ssh/ssh-transport.js';
import { fixWith, options } from '../change/scratch-node.js';
import { describeLab, type Lab } from './lab-helper.js';

const NODE = 'node-1';

/** As the login user, root by `sudo -n`: the way an operator comes. */
const open = (lab: Lab): Promise<Session> => {
  const transport = createSshTransport({
    defaultUser: 'lab',
    identityFiles: [lab.identity],
    agentSocket: undefined,
    knownHostsFiles: { user: [lab.knownHosts], system: [], write: null },
    hostKeyPolicy: 'strict',
    pins: createHostKeyPins(),
    onUnknownHostKey: () => undefined,
    broker: { ask: () => Promise.resolve(null) },
  });
  const host = lab.nodes.find(({ name }) => name === NODE)?.address ?? '';
  return transport.open({ name: NODE, host, roles: [] }, new AbortController().signal);
};

const disable = fixWith({
  way: 'disable',
  kind: 'disruptive',
  units: [{ unit: 'firewalld.service', active: false, enabled: false }],
});

describeLab('changes on a real node', { nodes: 1 }, (lab) => {
  let session: Session;
  let unitAtFirst = '';

  const onNode = async (command: string): Promise<string> =>
    (await lab().ssh(NODE, command, { user: 'root' })).stdout;
  /** Everything below /etc: type, mode, owner, group, link target, path, and the hash of each file. */
  const etc = (): Promise<string> =>
    onNode(
      "find /etc -printf '%y %m %U %G %l %p\\n' | sort; find /etc -type f -exec sha256sum {} + | sort -k 2",
    );
  const times = (): Promise<string> => onNode("find /etc -type f -printf '%T@ %p\\n' | sort -k 2");
  const unit = (): Promise<string> =>
    onNode('systemctl is-active firewalld; systemctl is-enabled firewalld; true');
  const apply = (check: string, fix: Fix, id: string) =>
    applyFix(session, { check, fix }, options(NODE, id));
  const undo = (id: string) => undoChange(session, options(NODE, id));

  beforeAll(async () => {
    session = await open(lab());
    unitAtFirst = await unit();
    await onNode('rm -rf /var/lib/calico-ready');
  });

  afterAll(async () => {
    await session.close();
    const enable = unitAtFirst.includes('enabled') ? 'enable' : 'disable';
    const start = unitAtFirst.startsWith('active') ? 'start' : 'stop';
    await onNode(
      `systemctl unmask firewalld; systemctl ${enable} firewalld; systemctl ${start} firewalld; rm -rf /var/lib/calico-ready`,
    );
  });

  test('NetworkManager takes the fix, and the undo leaves /etc as it was', async () => {
    const [before, timesBefore] = [await etc(), await times()];
    const outcome = await apply('interfaces/networkmanager', unmanagedFix([]), 'nm1');
    expect(outcome).toMatchObject({ phase: 'applied' });
    expect(await onNode('NetworkManager --print-config')).toMatch(
      /unmanaged-devices=.*interface-name:cali\*/,
    );
    expect(await etc()).not.toBe(before);
    expect(await undo('')).toMatchObject({ phase: 'undone', changeId: 'nm1' });
    expect(await etc()).toBe(before);
    expect(await times()).toBe(timesBefore);
    expect(await onNode('NetworkManager --print-config')).not.toContain('interface-name:cali');
  });

  test.each([
    ['active and enabled', 'systemctl enable --now firewalld', 'active\nenabled\n'],
    ['active and disabled', 'systemctl disable firewalld', 'active\ndisabled\n'],
    [
      'inactive and enabled',
      'systemctl enable firewalld; systemctl stop firewalld',
      'inactive\nenabled\n',
    ],
    ['inactive and masked', 'systemctl mask firewalld', 'inactive\nmasked\n'],
    [
      'active and masked',
      'systemctl unmask firewalld; systemctl start firewalld; systemctl mask firewalld',
      'active\nmasked\n',
    ],
  ])('firewalld that is %s is switched off and comes back', async (_, prepare, state) => {
    await onNode(prepare);
    expect(await unit()).toBe(state);
    const before = await etc();
    const outcome = await apply('firewall/firewalld', disable, 'fw');
    expect(outcome.phase).toBe('applied');
    expect(await unit()).toMatch(/^inactive\n(disabled|masked)\n$/);
    expect(await undo('fw')).toMatchObject({ phase: 'undone' });
    expect(await unit()).toBe(state);
    expect(await etc()).toBe(before);
    await onNode('rm -r /var/lib/calico-ready/changes/fw');
  });

  test('a change that was refused by the daemon leaves /etc as it was', async () => {
    const before = await etc();
    const fix = { ...unmanagedFix([]), commands: ['/usr/bin/nmcli general reload nonsense'] };
    const outcome = await apply('interfaces/networkmanager', fix, 'nm2');
    expect(outcome.phase).toBe('failed');
    expect(await etc()).toBe(before);
    expect(await listChanges(session, options(NODE, ''))).toMatchObject({
      state: 'known',
      value: [
        { id: 'nm1', state: 'undone' },
        { id: 'nm2', state: 'restored' },
      ],
    });
  });
});
