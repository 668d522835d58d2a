import type { AnyCheck } from '../../src/domain/check.js';
import { nodenameFile } from './nodename-file.js';
import { machineIdUnique } from './machine-id-unique.js';
import { hostname } from './hostname.js';
import { hostnameUnique } from './hostname-unique.js';

/** The checks of this folder, in the order of reports. */
export const identityChecks: readonly AnyCheck[] = [
  hostname,
  hostnameUnique,
  machineIdUnique,
  nodenameFile,
];
