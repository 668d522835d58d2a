import type { AnyCheck } from '../../src/domain/check.js';
import { admitsCalico } from './admits-calico.js';
import { bgpPortOwner } from './bgp-port-owner.js';
import { dockerForwardPolicy } from './docker-forward-policy.js';
import { firewalld } from './firewalld.js';
import { iptablesService } from './iptables-service.js';
import { nftablesService } from './nftables-service.js';
import { others } from './others.js';
import { portConflicts } from './port-conflicts.js';
import { staleSavedRules } from './stale-saved-rules.js';
import { ufw } from './ufw.js';

/** The checks of this folder, in the order of reports. */
export const firewallChecks: readonly AnyCheck[] = [
  firewalld,
  ufw,
  nftablesService,
  iptablesService,
  others,
  staleSavedRules,
  dockerForwardPolicy,
  bgpPortOwner,
  portConflicts,
  admitsCalico,
];
