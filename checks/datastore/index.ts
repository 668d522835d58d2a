import type { AnyCheck } from '../../src/domain/check.js';
import { etcdVersionCheck } from './etcd-version.js';
import { rbac } from './rbac.js';
import { reachable } from './reachable.js';

/** The checks of this folder, in the order of reports. */
export const datastoreChecks: readonly AnyCheck[] = [reachable, etcdVersionCheck, rbac];
