import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { breakNode } from '../../scripts/lab/break.js';
import { sweep } from '../../scripts/lab/lab.js';
import { run, tryRun } from '../../scripts/lab/run.js';
import { findLab, identify, isAlive, writeState } from '../../scripts/lab/state.js';
import { describeLab, startLab, type Lab } from './lab-helper.js';

/** What a lab would leave on this machine: mounts, namespaces, links, groups, processes, its folder. */
const leftovers = async ({ dir, nodes }: Lab): Promise<readonly string[]> => {
  const mounts = (await run('cat', ['/proc/mounts']))
    .split('\n')
    .filter((line) => line.includes(dir));
  const names = (await run('ip', ['netns', 'list'])).split('\n').map((line) => line.split(' ')[0]);
  const netns = nodes.filter((node) => names.includes(node.netns)).map((node) => node.netns);
  const groups = nodes
    .flatMap(({ cgroup }) =>
      ['', 'systemd/', 'unified/'].map((tree) => `/sys/fs/cgroup/${tree}${cgroup}`),
    )
    .filter((path) => existsSync(path));
  const alive: string[] = [];
  for (const { nspawn, name } of nodes) if (await isAlive(nspawn)) alive.push(name);
  return [...mounts, ...netns, ...groups, ...alive, ...(existsSync(dir) ? [dir] : [])];
};

describeLab('two nodes', { nodes: 2 }, (lab) => {
  const ask = async (name: string, command: string): Promise<string> => {
    const { code, stdout, stderr } = await lab().ssh(name, command);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return stdout.trim();
  };

  it('answer ssh, each under its own name, and let the user become root without a password', async () => {
    expect(await ask('node-1', 'hostname; id -un; sudo -n id -u')).toBe('node-1\nlab\n0');
    expect(await ask('node-2', 'hostname; id -un; sudo -n id -u')).toBe('node-2\nlab\n0');
  });

  it('differ in machine-id and host key', async () => {
    const command = 'cat /etc/machine-id /etc/ssh/ssh_host_*_key.pub';
    const [firstId, firstKey] = (await ask('node-1', command)).split('\n');
    const [secondId, secondKey] = (await ask('node-2', command)).split('\n');
    expect(firstId).toMatch(/^[0-9a-f]{32}$/);
    expect(secondId).toMatch(/^[0-9a-f]{32}$/);
    expect(firstId).not.toBe(secondId);
    expect(firstKey?.split(' ')[1]).not.toBe(secondKey?.split(' ')[1]);
  });

  it('run NetworkManager without a word about Calico, and firewalld not at all', async () => {
    expect(await ask('node-1', 'systemctl is-active NetworkManager')).toBe('active');
    expect(await ask('node-1', 'sudo NetworkManager --print-config')).not.toContain('unmanaged');
    const { stdout, code } = await lab().ssh('node-1', 'sudo firewall-cmd --state 2>&1');
    expect([code, stdout.trim()]).toEqual([252, 'not running']);
  });

  it('reach each other and nothing else', async () => {
    const other = lab().nodes[1]?.address ?? '';
    expect(await ask('node-1', `ping -c 1 -W 2 ${other} >/dev/null && echo there`)).toBe('there');
    expect(await ask('node-1', 'ip route show default; ip -6 route show default')).toBe('');
  });

  it('can be broken, one thing at a time', async () => {
    await lab().break('node-2', 'firewalld');
    expect(await ask('node-2', 'sudo firewall-cmd --state; systemctl is-enabled firewalld')).toBe(
      'running\nenabled',
    );
    await lab().break('node-2', 'networkmanager-plain-equals');
    expect(await ask('node-2', 'sudo NetworkManager --print-config')).toContain(
      'unmanaged-devices=interface-name:docker0',
    );
    await expect(lab().break('node-2', 'everything')).rejects.toThrow('cannot break everything');
    await expect(lab().break('node-9', 'firewalld')).rejects.toThrow('no node node-9');
  });
});

/** A process that is gone, as the owner of a lab whose run was killed. */
const goneProcess = async () => {
  const id = await identify(process.pid);
  return { ...id, start: '1' };
};

describeLab('a lab', { nodes: 1 }, (lab) => {
  it.each([
    ['whose process was killed', true],
    ['whose process was killed before it noted its containers down', false],
  ])('%s is swept, and a living one is left alone', async (_, noted) => {
    const dead = await startLab({ nodes: 1 });
    const state = await findLab(dead.dir);
    expect(await leftovers(dead)).not.toEqual([]);
    if (state === null) throw new Error('the lab is not registered');
    const nodes = state.nodes.map((node) => (noted ? node : { ...node, nspawn: null }));
    await writeState({ ...state, nodes, owner: await goneProcess() });
    const said: string[] = [];
    await sweep((line) => said.push(line));
    expect(said.some((line) => line.includes(dead.dir))).toBe(true);
    expect(await leftovers(dead)).toEqual([]);
    expect(await findLab(dead.dir)).toBeNull();
    expect((await lab().ssh('node-1', 'true')).code).toBe(0);
  });
});

describe('breaking', () => {
  it('names the known breakages when asked for another', async () => {
    const none = { dir: '/nowhere', slot: 0, owner: null, nodes: [] };
    await expect(breakNode(none, 'node-1', 'x')).rejects.toThrow(
      'known: networkmanager-plain-equals',
    );
  });
});

describe('running a command', () => {
  it('ends 127 when it is missing and 137 when its time is over', async () => {
    expect((await tryRun('no-such-command', [])).code).toBe(127);
    expect((await tryRun('sleep', ['5'], { timeoutMs: 50 })).code).toBe(137);
  });
});
