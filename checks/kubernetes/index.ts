import type { AnyCheck } from '../../src/domain/check.js';
import { apiServerPort } from './api-server-port.js';
import { kubeletCni } from './kubelet-cni.js';
import { version } from './version.js';

/** The checks of this folder, in the order of reports. */
export const kubernetesChecks: readonly AnyCheck[] = [version, kubeletCni, apiServerPort];
