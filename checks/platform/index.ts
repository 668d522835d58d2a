import type { AnyCheck } from '../../src/domain/check.js';
import { architecture } from './architecture.js';
import { distribution } from './distribution.js';
import { cpuLevel } from './cpu-level.js';
import { cloudUnderlay } from './cloud-underlay.js';
import { dnsResolver } from './dns-resolver.js';
import { dockerSwarmVxlan } from './docker-swarm-vxlan.js';
import { noexecCni } from './noexec-cni.js';
import { selinux } from './selinux.js';
import { swap } from './swap.js';
import { secureBoot } from './secure-boot.js';

/** The checks of this folder, in the order of reports. */
export const platformChecks: readonly AnyCheck[] = [
  architecture,
  distribution,
  cpuLevel,
  noexecCni,
  selinux,
  cloudUnderlay,
  dockerSwarmVxlan,
  dnsResolver,
  swap,
  secureBoot,
];
