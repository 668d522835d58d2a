import type { AnyCheck } from '../../src/domain/check.js';
import { skew } from './skew.js';

/** The checks of this folder, in the order of reports. */
export const timeChecks: readonly AnyCheck[] = [skew];
