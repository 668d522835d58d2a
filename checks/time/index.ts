import type { AnyCheck } from '../../src/domain/check.js';
import { synchronised } from './synchronised.js';
import { skew } from './skew.js';

/** The checks of this folder, in the order of reports. */
export const timeChecks: readonly AnyCheck[] = [skew, synchronised];
