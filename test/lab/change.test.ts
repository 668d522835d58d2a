import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unmanagedFix } from '../../checks/interfaces/networkmanager-fix.js';
import { down, sshRun, up } from '../../scripts/lab/lab.js';
import { applyFix, listChanges, undoChange } from '../../src/change/run.js';
import type { Fix } from '../../src/domain/fix.js';
import type { RunRequest, Session } from '../../src/domain/transport.js';
import { canScratch, fixWith, options } from '../change/scratch-node.js';

const NODE = 'node-1';
let folder = '';
const dir = (): string => join(folder, 'lab');

const onNode = async (command: string): Promise<string> =>
  (await sshRun(dir(), NODE, command, { user: 'root' })).stdout;

/** Everything below /etc: type, mode, owner, group, link target, path, and the hash of each file. */
const etc = (): Promise<string> =>
  onNode(
    "find /etc -printf '%y %m %U %G %l %p\\n' | sort; find /etc -type f -exec sha256sum {} + | sort -k 2",
  );
const times = (): Promise<string> => onNode("find /etc -type f -printf '%T@ %p\\n' | sort -k 2");
const unit = (): Promise<string> =>
  onNode('systemctl is-active firewalld; systemctl is-enabled firewalld; true');

/** As the login user with sudo, as the transports do it. */
const session: Session = {
  peer: { transport: 'openssh', host: NODE },
  run: async (request: RunRequest) => {
    const ran = await sshRun(dir(), NODE, 'exec sudo -n -- /bin/sh -s', { input: request.script });
    request.onStdout(Buffer.from(ran.stdout));
    request.onStderr(Buffer.from(ran.stderr));
    return { kind: 'exited', code: ran.code };
  },
  close: () => Promise.resolve(),
};

const apply = (check: string, fix: Fix, id: string) =>
  applyFix(session, { check, fix }, options(NODE, id));
const undo = (id: string) => undoChange(session, options(NODE, id));

const disable = fixWith({
  way: 'disable',
  kind: 'disruptive',
  units: [{ unit: 'firewalld.service', active: false, enabled: false }],
});

describe.skipIf(!canScratch)('changes on a real node', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'change-lab-'));
    const say = (): void => undefined;
    await up({ dir: dir(), count: 1, release: 'bookworm', ownedByThisProcess: true, say });
  }, 600_000);

  afterAll(async () => {
    await down(dir());
    rmSync(folder, { recursive: true, force: true });
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
