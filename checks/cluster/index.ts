import type { AnyCheck } from '../../src/domain/check.js';

/** The checks of this folder, in the order of reports. */
export const clusterChecks: readonly AnyCheck[] = [];
