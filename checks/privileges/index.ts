import type { AnyCheck } from '../../src/domain/check.js';
import { capSysAdmin } from './cap-sys-admin.js';
import { capabilities } from './capabilities.js';
import { privilegedContainers } from './privileged-containers.js';

/** The checks of this folder, in the order of reports. */
export const privilegesChecks: readonly AnyCheck[] = [
  capSysAdmin,
  capabilities,
  privilegedContainers,
];
