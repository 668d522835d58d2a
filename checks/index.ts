import type { Catalogue } from '../src/domain/check.js';
import { addressesChecks } from './addresses/index.js';
import { clusterChecks } from './cluster/index.js';
import { cniChecks } from './cni/index.js';
import { datastoreChecks } from './datastore/index.js';
import { firewallChecks } from './firewall/index.js';
import { identityChecks } from './identity/index.js';
import { interfacesChecks } from './interfaces/index.js';
import { kernelChecks } from './kernel/index.js';
import { kubeProxyChecks } from './kube-proxy/index.js';
import { kubernetesChecks } from './kubernetes/index.js';
import { pathsChecks } from './paths/index.js';
import { platformChecks } from './platform/index.js';
import { privilegesChecks } from './privileges/index.js';
import { timeChecks } from './time/index.js';

/** Every check, in the order in which reports list them. The version changes whenever a verdict can change. */
export const catalogue: Catalogue = {
  version: '2026.11.3',
  checks: [
    ...platformChecks,
    ...kernelChecks,
    ...privilegesChecks,
    ...interfacesChecks,
    ...firewallChecks,
    ...addressesChecks,
    ...identityChecks,
    ...timeChecks,
    ...cniChecks,
    ...kubernetesChecks,
    ...kubeProxyChecks,
    ...datastoreChecks,
    ...clusterChecks,
    ...pathsChecks,
  ],
};
