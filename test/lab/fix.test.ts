import { beforeAll, expect, test } from 'vitest';
import { builtCli } from '../helpers/built.js';
import { auditLab, calicoReady, intentFile, listing } from './lab-cli.js';
import { describeLab } from './lab-helper.js';

const JOURNAL = /^\/var\/lib(\/calico-ready(\/|\s)| )/;

describeLab('fixes without a terminal', { nodes: 2 }, (lab) => {
  let intent = '';
  const before = new Map<string, string>();
  const fix = (...args: readonly string[]) =>
    calicoReady(lab(), 'fix', ...args, '--intent', intent);
  const state = async (name: string): Promise<string> =>
    (await lab().ssh(name, 'systemctl is-active firewalld; systemctl is-enabled firewalld')).stdout;

  beforeAll(async () => {
    await builtCli();
    intent = intentFile(lab());
    await lab().break('node-1', 'firewalld');
    for (const name of ['node-1', 'node-2']) before.set(name, await listing(lab(), name, JOURNAL));
  });

  const expectUntouched = async (name: string): Promise<void> => {
    expect(await listing(lab(), name, JOURNAL)).toBe(before.get(name));
    expect((await lab().ssh(name, 'sudo ls /var/lib/calico-ready')).code).not.toBe(0);
  };

  test('--plan prints the diff and changes nothing', async () => {
    const ran = await fix('--check', 'interfaces/networkmanager', '--plan');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('+++ /etc/NetworkManager/conf.d/zz-calico-ready.conf');
    await expectUntouched('node-1');
  });

  test.each([
    ['a safe fix without --yes', ['--check', 'interfaces/networkmanager'], '--yes'],
    [
      'a disruptive one without --consent',
      ['--check', 'firewall/firewalld', '--way', 'disable', '--yes'],
      '--consent firewall/firewalld',
    ],
    [
      'both, of which one lacks consent',
      ['--check', 'interfaces/networkmanager', '--check', 'firewall/firewalld', '--yes'],
      '--consent firewall/firewalld',
    ],
  ])('%s is refused with 3, and nothing is changed', async (_, args, said) => {
    const ran = await fix('node-1', ...args, '--apply');
    expect([ran.code, ran.stdout]).toEqual([3, '']);
    expect(ran.stderr).toContain(said);
    await expectUntouched('node-1');
    expect(await state('node-1')).toBe('active\nenabled\n');
  });

  test('with the consents both are made and proven, and the node is ready', async () => {
    // On a second try the nodes may be mended already.
    expect((await calicoReady(lab(), 'undo', '--all')).code).toBe(0);
    const ran = await fix(
      ...['--check', 'interfaces/networkmanager', '--check', 'firewall/firewalld'],
      ...['--way', 'disable', '--consent', 'firewall/firewalld', '--apply', '--yes'],
    );
    expect(ran.stderr).toContain('node-1: firewall/firewalld is now pass');
    expect(ran.stderr).toContain('node-2: interfaces/networkmanager is now pass');
    expect([ran.code, ran.stdout]).toEqual([0, '']);
    expect(await state('node-1')).toMatch(/^inactive\n(disabled|masked)\n$/);
    expect((await auditLab(lab(), '--intent', intent)).code).toBe(0);
    expect(await listing(lab(), 'node-1', JOURNAL)).not.toBe(before.get('node-1'));
  });

  test('again there is nothing to do', async () => {
    const ran = await fix('--check', 'interfaces/networkmanager', '--apply', '--yes');
    expect(ran.code).toBe(0);
  });

  test('undo --all brings back every file and the service', async () => {
    const ran = await calicoReady(lab(), 'undo', '--all');
    expect(ran.code).toBe(0);
    expect(await state('node-1')).toBe('active\nenabled\n');
    for (const name of ['node-1', 'node-2'])
      expect(await listing(lab(), name, JOURNAL)).toBe(before.get(name));
    expect((await auditLab(lab(), '--intent', intent)).code).toBe(1);
  });
});
