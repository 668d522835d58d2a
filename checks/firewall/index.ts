import type { AnyCheck } from '../../src/domain/check.js';
import { firewalld } from './firewalld.js';

/** The checks of this folder, in the order of reports. */
export const firewallChecks: readonly AnyCheck[] = [firewalld];
