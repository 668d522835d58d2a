import type { Hostnamectl } from '../probes/hostnamectl.js';
import type { Uname } from '../probes/uname-a.js';

/** systemd's names (hostnamectl) and those of other kernels' uname, in the words of Linux' `uname -m`. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['x86-64', 'x86_64'],
  ['amd64', 'x86_64'],
  ['arm64', 'aarch64'],
  ['ppc64-le', 'ppc64le'],
]);

/** The processors that the outputs name, each once: more than one is a contradiction, none is no answer. */
export const machinesOf = (
  uname: Uname | undefined,
  control: Hostnamectl | undefined,
): readonly string[] => [
  ...new Set(
    [uname?.machine ?? '', control?.architecture ?? '']
      .filter((name) => name !== '')
      .map((name) => ALIASES.get(name) ?? name),
  ),
];
