import { z } from 'zod';
import { run, tryRun, until } from './run.js';

/**
 * RFC 2544's range for benchmarks is routed nowhere. Each lab has one /24 of it, by its slot: the host's end is .1.
 * No NAT, no default route: a node reaches its lab and this machine, nothing else.
 */
const prefix = (slot: number): string => `198.18.${String(slot)}`;
export const SLOTS = 200;
export const hostAddress = (slot: number): string => `${prefix(slot)}.1`;
export const nodeAddress = (slot: number, index: number): string =>
  `${prefix(slot)}.${String(11 + index)}`;
export const MAX_NODES = 200;

export const bridgeName = (slot: number): string => `crlab${String(slot)}`;
export const netnsName = (slot: number, name: string): string =>
  `calico-ready-lab-${String(slot)}-${name}`;

const routesSchema = z.array(z.object({ dst: z.string() }));

/** True when this machine already routes addresses of the slot's range on its own account. */
export const isRangeTaken = async (slot: number): Promise<boolean> => {
  const routes = routesSchema.parse(
    JSON.parse(
      await run('ip', ['-json', '-4', 'route', 'show', 'table', 'all', 'type', 'unicast']),
    ),
  );
  return routes.some(({ dst }) => dst.startsWith(`${prefix(slot)}.`) || dst === '198.18.0.0/15');
};

/** The lab's bridge with the host's address, so that programs on this machine reach the nodes directly. */
export const makeBridge = async (slot: number): Promise<void> => {
  const bridge = bridgeName(slot);
  await run('ip', ['link', 'add', bridge, 'type', 'bridge']);
  await run('ip', ['addr', 'add', `${hostAddress(slot)}/24`, 'dev', bridge]);
  await run('ip', ['link', 'set', bridge, 'up']);
};

/** A network namespace whose eth0 is plugged into the lab's bridge and has the node's address. */
export const plugNode = async (
  slot: number,
  index: number,
  netns: string,
  address: string,
): Promise<void> => {
  const plug = `crl${String(slot)}p${String(index)}`;
  const inside = ['-n', netns];
  await run('ip', ['netns', 'add', netns]);
  await run('ip', [
    ...['link', 'add', plug, 'type', 'veth'],
    ...['peer', 'name', 'eth0', 'netns', netns],
  ]);
  await run('ip', ['link', 'set', plug, 'master', bridgeName(slot), 'up']);
  await run('ip', [...inside, 'link', 'set', 'lo', 'up']);
  await run('ip', [...inside, 'addr', 'add', `${address}/24`, 'dev', 'eth0']);
  await run('ip', [...inside, 'link', 'set', 'eth0', 'up']);
};

/** The processes of a network namespace; none when there is no such namespace. */
const pidsIn = async (netns: string): Promise<readonly number[]> => {
  const { stdout } = await tryRun('ip', ['netns', 'pids', netns]);
  return stdout
    .split('\n')
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
};

/** Ends whatever still runs in the namespace and removes it; its veth goes with it. Nothing to do is fine. */
export const removeNetns = async (netns: string): Promise<void> => {
  await until(`the processes in ${netns} to end`, 5_000, async () => {
    const pids = await pidsIn(netns);
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
    }
    return pids.length === 0;
  });
  await tryRun('ip', ['netns', 'delete', netns]);
};

export const removeBridge = async (slot: number): Promise<void> => {
  await tryRun('ip', ['link', 'delete', bridgeName(slot)]);
};
