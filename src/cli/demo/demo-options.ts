import type { CommonOptions } from '../options.js';

/** What `demo` takes of the common flags; how its nodes are reached is its own affair. */
export type DemoOptions = Pick<
  CommonOptions,
  'intent' | 'format' | 'output' | 'bundle' | 'signKey' | 'unsigned' | 'profile'
>;
