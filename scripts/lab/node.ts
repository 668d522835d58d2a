import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { openSync, closeSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { enterCgroup, removeCgroup } from './cgroup.js';
import { plugNode, removeNetns } from './network.js';
import { run, unmount, until } from './run.js';
import { identify, isAlive, type LabNode, type ProcessId } from './state.js';

/** What a node is made of, below the lab's folder. `layers` is a tmpfs of the lab. */
export const nodeDir = (dir: string, name: string): string => join(dir, 'layers', name);
export const labKey = (dir: string): string => join(dir, 'id_ed25519');

const mountRoot = async (dir: string, node: LabNode, base: string): Promise<void> => {
  const own = nodeDir(dir, node.name);
  for (const part of ['upper', 'work', 'root']) await mkdir(join(own, part), { recursive: true });
  const layers = `lowerdir=${base},upperdir=${join(own, 'upper')},workdir=${join(own, 'work')}`;
  await run('mount', ['-t', 'overlay', 'overlay', '-o', layers, node.root]);
};

/** A server's own connection for its own address, so that NetworkManager keeps what is already configured. */
const keyfile = (address: string): string => `[connection]
id=eth0
type=ethernet
interface-name=eth0
autoconnect=true

[ethernet]

[ipv4]
method=manual
address1=${address}/24

[ipv6]
method=link-local
`;

const hosts = (node: LabNode): string =>
  `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n${node.address} ${node.name}\n`;

const authorise = async (root: string, home: string, owner: string, key: string): Promise<void> => {
  const folder = join(root, home, '.ssh');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await copyFile(key, join(folder, 'authorized_keys'));
  await chmod(join(folder, 'authorized_keys'), 0o600);
  await run('chroot', [root, 'chown', '-R', `${owner}:`, `${home}/.ssh`]);
};

/** Gives the node its identity: host name, machine-id, one ed25519 host key, address, and the lab's login key. */
const personalise = async (dir: string, node: LabNode): Promise<void> => {
  const at = (path: string): string => join(node.root, path);
  await writeFile(at('etc/hostname'), `${node.name}\n`);
  await writeFile(at('etc/hosts'), hosts(node));
  await writeFile(at('etc/machine-id'), `${randomUUID().replaceAll('-', '')}\n`);
  const hostKey = at('etc/ssh/ssh_host_ed25519_key');
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', node.name, '-f', hostKey]);
  const connections = at('etc/NetworkManager/system-connections');
  await mkdir(connections, { recursive: true });
  await writeFile(join(connections, 'eth0.nmconnection'), keyfile(node.address), { mode: 0o600 });
  await authorise(node.root, '/home/lab', 'lab', `${labKey(dir)}.pub`);
  await authorise(node.root, '/root', 'root', `${labKey(dir)}.pub`);
};

/**
 * Starts systemd in a container, detached from this process. cgroup v2 inside whatever the host has (newer systemd
 * takes nothing else); all capabilities, as a machine's own root has them.
 */
const boot = async (dir: string, node: LabNode): Promise<ProcessId> => {
  const words = [
    // nspawn mounts sysfs before it joins the namespace; from inside, /sys/class/net is the node's own and not the host's.
    ...['nsenter', `--net=/run/netns/${node.netns}`, '--'],
    'systemd-nspawn',
    `--directory=${node.root}`,
    `--machine=${node.name}`,
    `--hostname=${node.name}`,
    `--network-namespace-path=/run/netns/${node.netns}`,
    ...['--boot', '--register=no', '--keep-unit', '--capability=all', '--console=pipe'],
    ...['--resolv-conf=off', '--timezone=off', '--link-journal=no'],
  ];
  const log = openSync(join(nodeDir(dir, node.name), 'console.log'), 'a');
  const line = `${enterCgroup(node.cgroup)} && exec "$@"`;
  const child = spawn('sh', ['-c', line, 'boot', ...words], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: process.env['PATH'], SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve).once('error', reject);
  });
  child.unref();
  return identify(child.pid ?? 0);
};

/** Everything from the mount to the started container; returns it with its process. */
export const startNode = async (
  dir: string,
  slot: number,
  index: number,
  base: string,
  node: LabNode,
): Promise<LabNode> => {
  await mountRoot(dir, node, base);
  await personalise(dir, node);
  await plugNode(slot, index, node.netns, node.address);
  return { ...node, nspawn: await boot(dir, node) };
};

/** The lines of known_hosts for a node, from the key it was given (never from the network). */
export const knownHost = async (node: LabNode): Promise<string> => {
  const key = await readFile(join(node.root, 'etc/ssh/ssh_host_ed25519_key.pub'), 'utf8');
  return `${node.name},${node.address} ${key.split(' ').slice(0, 2).join(' ')}\n`;
};

/** The containers on this root, also one that a process started and died before it could note down. */
async function containersOn(root: string): Promise<readonly ProcessId[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (!words.split('\0').includes(`--directory=${root}`)) return [];
      return identify(Number(pid)).then(
        (one) => [one],
        () => [],
      );
    }),
  );
  return found.flat();
}

/** Ends the node and removes its mount, namespace and groups. Idempotent: what is gone already is fine. */
export const stopNode = async (node: LabNode): Promise<void> => {
  // The container's processes first: nspawn then ends by itself and tidies up. Its files are thrown away anyway.
  await removeNetns(node.netns);
  for (const nspawn of await containersOn(node.root)) {
    await until(`${node.name} to end`, 5_000, async () => !(await isAlive(nspawn))).catch(
      async () => {
        if (await isAlive(nspawn)) process.kill(nspawn.pid, 'SIGKILL');
      },
    );
  }
  await unmount(node.root);
  await until(`the groups of ${node.name} to empty`, 5_000, () => removeCgroup(node.cgroup));
};
