import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBase } from './base.js';
import {
  MAX_NODES,
  SLOTS,
  isRangeTaken,
  makeBridge,
  netnsName,
  nodeAddress,
  removeBridge,
} from './network.js';
import { ensurePackages } from './packages.js';
import { knownHost, labKey, nodeDir, startNode, stopNode } from './node.js';
import { run, tryRun, unmount, until } from './run.js';
import type { LabRelease } from './recipe.js';
import {
  claimSlot,
  findLab,
  identify,
  isLabAlive,
  readLabs,
  releaseSlot,
  writeState,
  type LabNode,
  type LabState,
} from './state.js';

export type UpOptions = {
  readonly dir: string;
  readonly count: number;
  readonly release: LabRelease;
  /** With the programs that some breakages need, see packages.ts. */
  readonly packages?: boolean;
  /** True: the lab is swept once this process is gone. False: it stays until `down`. */
  readonly ownedByThisProcess: boolean;
  readonly say: (line: string) => void;
};

/** The files of a lab, all below its folder. */
export const labFiles = (dir: string) => ({
  identity: labKey(dir),
  knownHosts: join(dir, 'known_hosts'),
  sshConfig: join(dir, 'ssh_config'),
  inventory: join(dir, 'inventory.yaml'),
});

const planNode = (dir: string, slot: number, index: number, release: LabRelease): LabNode => {
  const name = `node-${String(index + 1)}`;
  return {
    name,
    release,
    address: nodeAddress(slot, index),
    netns: netnsName(slot, name),
    root: join(nodeDir(dir, name), 'root'),
    cgroup: netnsName(slot, name),
    nspawn: null,
  };
};

/** Registers everything the lab will own before it makes any of it, so that a crash leaves nothing unknown. */
const register = async ({ dir, count, release }: UpOptions): Promise<LabState> => {
  const owner = await identify(process.pid);
  for (let slot = 0; slot < SLOTS; slot++) {
    if (await isRangeTaken(slot)) continue;
    const nodes = Array.from({ length: count }, (_, index) => planNode(dir, slot, index, release));
    const lab: LabState = { dir, slot, owner, nodes };
    if (await claimSlot(lab)) return lab;
  }
  throw new Error('every address range of the lab (198.18.0.0 to 198.18.199.0) is taken');
};

const sshConfig = (dir: string, node: LabNode): string => `Host ${node.name}
  HostName ${node.address}
  User lab
  IdentityFile ${labFiles(dir).identity}
  IdentitiesOnly yes
  UserKnownHostsFile ${labFiles(dir).knownHosts}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
`;

const writeFiles = async (dir: string, nodes: readonly LabNode[]): Promise<void> => {
  const files = labFiles(dir);
  const keys = await Promise.all(nodes.map(knownHost));
  await writeFile(files.knownHosts, keys.join(''));
  await writeFile(files.sshConfig, nodes.map((node) => sshConfig(dir, node)).join('\n'));
  const entries = nodes.map(
    ({ name, address }) => `  - name: ${name}\n    host: ${address}\n    user: lab\n`,
  );
  await writeFile(files.inventory, `nodes:\n${entries.join('')}`);
};

/** Logs in with `ssh` as the lab's user (or `root`); the exit code is that of ssh. */
export const sshRun = (
  dir: string,
  name: string,
  command: string,
  options: {
    readonly user?: 'lab' | 'root';
    readonly input?: string;
    readonly timeoutMs?: number;
  } = {},
) => {
  const { user = 'lab', ...rest } = options;
  const words = ['-F', labFiles(dir).sshConfig, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5'];
  return tryRun('ssh', [...words, '-l', user, name, command], rest);
};

const BOOT_LIMIT_MS = 90_000;

/** Ready: the login works, systemd has no start job left, and NetworkManager answers. */
const isReady = async (dir: string, name: string): Promise<boolean> => {
  const { stdout } = await sshRun(
    dir,
    name,
    'systemctl is-system-running; nmcli -t -f RUNNING general',
    { timeoutMs: 10_000 },
  );
  return /^(running|degraded)\nrunning$/.test(stdout.trim());
};

/** Removes the lab: processes, mounts, namespaces, bridge, files, registration. Idempotent. */
const remove = async (lab: LabState): Promise<void> => {
  await Promise.all(lab.nodes.map(stopNode));
  await removeBridge(lab.slot);
  await unmount(join(lab.dir, 'layers'));
  await rm(lab.dir, { recursive: true, force: true });
  await releaseSlot(lab.slot);
};

/** Takes down the lab of this folder; says whether there was one. */
export const down = async (dir: string): Promise<boolean> => {
  const lab = await findLab(dir);
  if (lab === null) return false;
  await remove(lab);
  return true;
};

/** Removes what crashed or killed labs left behind, and touches no living one. */
export const sweep = async (say: (line: string) => void): Promise<void> => {
  for (const lab of await readLabs()) {
    if (await isLabAlive(lab)) continue;
    say(`sweeping what the dead lab ${lab.dir} left`);
    await remove(lab);
  }
};

const build = async (lab: LabState, base: string): Promise<LabState> => {
  const { dir, slot } = lab;
  // Root only: the nodes hold set-uid programs and the lab's login key.
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await mkdir(join(dir, 'layers'), { recursive: true });
  // A tmpfs carries overlays everywhere, also where the disk is one itself, and leaves nothing behind.
  await run('mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'calico-ready-lab', join(dir, 'layers')]);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', labKey(dir)]);
  await makeBridge(slot);
  const started = lab.nodes.map((node, index) => startNode(dir, slot, index, base, node));
  // All of them have to be known before anything is given up, else `remove` would race with a start.
  const settled = await Promise.allSettled(started);
  const nodes = settled.map((one, index) =>
    one.status === 'fulfilled' ? one.value : (lab.nodes[index] as LabNode),
  );
  const next = { ...lab, nodes };
  await writeState(next);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return next;
};

/** The folders that a node's own changes lie on, the upper one first. */
const lowerOf = async (
  release: LabRelease,
  packages: boolean,
  say: (line: string) => void,
): Promise<string> => {
  const base = await ensureBase(release, say);
  return packages ? `${await ensurePackages(base, say)}:${base}` : base;
};

/**
 * Makes COUNT nodes in the folder and waits until each answers. Fails when the folder holds a living lab; takes back
 * everything when anything goes wrong.
 */
export const up = async (options: UpOptions): Promise<LabState> => {
  const { dir, count, release, say } = options;
  if (count < 1 || count > MAX_NODES) throw new Error(`a lab has 1 to ${String(MAX_NODES)} nodes`);
  await sweep(say);
  if ((await findLab(dir)) !== null) throw new Error(`a lab runs in ${dir}; take it down first`);
  const base = await lowerOf(release, options.packages === true, say);
  const planned = await register(options);
  try {
    const built = await build(planned, base);
    await writeFiles(dir, built.nodes);
    await Promise.all(
      built.nodes.map(({ name }) =>
        until(`${name} to boot`, BOOT_LIMIT_MS, () => isReady(dir, name)),
      ),
    );
    const lab = options.ownedByThisProcess ? built : { ...built, owner: null };
    await writeState(lab);
    return lab;
  } catch (error) {
    await down(dir);
    throw error;
  }
};
