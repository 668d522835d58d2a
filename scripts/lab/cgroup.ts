import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** The hierarchies that systemd keeps its units in: cgroup v2, and on older hosts its named v1 tree. */
const hierarchies = (): readonly string[] =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type, options = '']) => type === 'cgroup2' || options.includes('name=systemd'))
    .flatMap(([, path]) => (path === undefined ? [] : [path]));

/**
 * A shell line that moves the shell into a group of its own in each hierarchy. Two containers in one group would see
 * each other's units.
 */
export const enterCgroup = (name: string): string =>
  hierarchies()
    .map((path) => join(path, name))
    .map((path) => `mkdir -p ${path} && echo $$ > ${path}/cgroup.procs`)
    .join(' && ');

const removeTree = (path: string): void => {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(path, entry.name));
  try {
    rmdirSync(path);
  } catch {
    // Busy until the kernel has reaped the last process; the next sweep gets it.
  }
};

export const removeCgroup = (name: string): void => {
  for (const path of hierarchies()) removeTree(join(path, name));
};
