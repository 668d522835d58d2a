import type { AnyCheck } from '../../src/domain/check.js';
import { directories } from './directories.js';

/** The checks of this folder, in the order of reports. */
export const cniChecks: readonly AnyCheck[] = [directories];
