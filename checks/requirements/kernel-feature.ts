import type { KernelVersion } from '../../src/domain/kernel-version.js';

/**
 * Something the kernel must be able to do, and where it shows. Names of modules and symbols are those of the Linux
 * source (net/netfilter, net/ipv4/netfilter, net/ipv6/netfilter and drivers/net with their Makefile and Kconfig).
 */
export type KernelFeature = {
  readonly name: string;
  /** Any one of them, loaded, built in or installed, shows it. Written with underscores. */
  readonly modules: readonly string[];
  /** Without CONFIG_. The first one that the configuration mentions decides; the last one is the oldest name. */
  readonly symbols: readonly string[];
  /**
   * The name of the symbol in kernels before this one, where it meant something else later. No probe asks for it, so
   * that only a configuration that was given whole can tell.
   */
  readonly older?: { readonly symbol: string; readonly before: KernelVersion };
  /** Files that exist only when the running kernel has it. */
  readonly signs?: readonly string[];
  /** Its name in /proc/net/ip_tables_matches. */
  readonly match?: string;
  /** Its name in /proc/net/ip_tables_targets. */
  readonly target?: string;
  /** A yes in the configuration makes it a part of another module, so that no list names it. */
  readonly inside?: true;
  /** Its symbols decide of more than its modules, so that `=m` beside a built-in module is no contradiction. */
  readonly shared?: true;
  /** Before this kernel it was no part of Linux: distributions ship it apart, and no configuration mentions it. */
  readonly mainline?: KernelVersion;
};

/** A feature with one module and one symbol. */
export const feature = (
  name: string,
  module: string,
  symbol: string,
  more: Partial<KernelFeature> = {},
): KernelFeature => ({ name, modules: [module], symbols: [symbol], ...more });

/** A part without a module of its own: only the configuration tells. */
export const part = (name: string, symbol: string): KernelFeature => ({
  name,
  modules: [],
  symbols: [symbol],
});
