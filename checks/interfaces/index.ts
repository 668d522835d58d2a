import type { AnyCheck } from '../../src/domain/check.js';
import { networkmanager } from './networkmanager.js';

/** The checks of this folder, in the order of reports. */
export const interfacesChecks: readonly AnyCheck[] = [networkmanager];
