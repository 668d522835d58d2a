import type { AnyCheck } from '../../src/domain/check.js';
import { conntrack } from './conntrack.js';
import { ipip } from './ipip.js';
import { ipset } from './ipset.js';
import { iptablesBase } from './iptables-base.js';
import { version } from './version.js';
import { vxlan } from './vxlan.js';
import { dataplaneVersion } from './dataplane-version.js';

/** The checks of this folder, in the order of reports. */
export const kernelChecks: readonly AnyCheck[] = [
  version,
  iptablesBase,
  ipset,
  conntrack,
  ipip,
  vxlan,
  dataplaneVersion,
];
