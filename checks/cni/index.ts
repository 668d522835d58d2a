import type { AnyCheck } from '../../src/domain/check.js';
import { directories } from './directories.js';
import { leftovers } from './leftovers.js';
import { otherProviders } from './other-providers.js';

/** The checks of this folder, in the order of reports. */
export const cniChecks: readonly AnyCheck[] = [directories, otherProviders, leftovers];
