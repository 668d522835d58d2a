import type { AnyCheck } from '../../src/domain/check.js';
import { architecture } from './architecture.js';
import { distribution } from './distribution.js';
import { cpuLevel } from './cpu-level.js';

/** The checks of this folder, in the order of reports. */
export const platformChecks: readonly AnyCheck[] = [architecture, distribution, cpuLevel];
