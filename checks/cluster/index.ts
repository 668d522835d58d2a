import type { AnyCheck } from '../../src/domain/check.js';
import { sameSubnet } from './same-subnet.js';
import { versionSkew } from './version-skew.js';

/** The checks of this folder, in the order of reports. */
export const clusterChecks: readonly AnyCheck[] = [sameSubnet, versionSkew];
