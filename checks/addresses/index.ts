import type { AnyCheck } from '../../src/domain/check.js';
import { autodetection } from './autodetection.js';
import { duplicate } from './duplicate.js';
import { mtu } from './mtu.js';
import { poolCapacity } from './pool-capacity.js';
import { poolHostOverlap } from './pool-host-overlap.js';
import { poolServiceOverlap } from './pool-service-overlap.js';

/** The checks of this folder, in the order of reports. */
export const addressesChecks: readonly AnyCheck[] = [
  poolHostOverlap,
  poolServiceOverlap,
  poolCapacity,
  autodetection,
  mtu,
  duplicate,
];
