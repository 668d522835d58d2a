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

/** Busy, and so not gone, until the kernel has reaped the last process of the group. */
const removeTree = (path: string): boolean => {
  if (!existsSync(path)) return true;
  const children = readdirSync(path, { withFileTypes: true }).filter((one) => one.isDirectory());
  for (const child of children) removeTree(join(path, child.name));
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
};

/** True when the groups are gone. */
export const removeCgroup = (name: string): boolean =>
  hierarchies()
    .map((path) => removeTree(join(path, name)))
    .every((gone) => gone);
