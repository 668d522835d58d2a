import type { KernelConfig } from '../probes/boot-config.js';
import type { Hostnamectl } from '../probes/hostnamectl.js';
import type { Uname } from '../probes/uname-a.js';

/** systemd's names (hostnamectl) and those of other kernels' uname, in the words of Linux' `uname -m`. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['x86-64', 'x86_64'],
  ['amd64', 'x86_64'],
  ['arm64', 'aarch64'],
  ['ppc64-le', 'ppc64le'],
]);

/** By the symbol that names it in a kernel's configuration (Kconfig of each architecture in Linux). */
const BY_SYMBOL: readonly (readonly [symbol: string, machine: string])[] = [
  ['X86_64', 'x86_64'],
  ['X86_32', 'i686'],
  ['ARM64', 'aarch64'],
  ['ARM', 'armv7l'],
  ['RISCV', 'riscv64'],
];

/**
 * The processor that the running kernel was built for, in the words of `uname -m`. Undefined where the configuration
 * does not tell, as what the collector selects of it.
 */
export function machineOfConfig(config: KernelConfig | undefined): string | undefined {
  const isSet = (symbol: string): boolean => config?.symbols.get(symbol) === 'y';
  if (isSet('PPC64')) return isSet('CPU_LITTLE_ENDIAN') ? 'ppc64le' : 'ppc64';
  if (isSet('S390') && isSet('64BIT')) return 's390x';
  return BY_SYMBOL.find(([symbol]) => isSet(symbol))?.[1];
}

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
