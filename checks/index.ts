import type { Catalogue } from '../src/domain/check.js';
import { poolHostOverlap } from './addresses/pool-host-overlap.js';
import { poolServiceOverlap } from './addresses/pool-service-overlap.js';
import { directories as cniDirectories } from './cni/directories.js';
import { firewalld } from './firewall/firewalld.js';
import { hostname } from './identity/hostname.js';
import { hostnameUnique } from './identity/hostname-unique.js';
import { networkmanager } from './interfaces/networkmanager.js';
import { conntrack } from './kernel/conntrack.js';
import { ipip } from './kernel/ipip.js';
import { ipset } from './kernel/ipset.js';
import { iptablesBase } from './kernel/iptables-base.js';
import { version as kernelVersion } from './kernel/version.js';
import { vxlan } from './kernel/vxlan.js';
import { architecture } from './platform/architecture.js';
import { distribution } from './platform/distribution.js';
import { capSysAdmin } from './privileges/cap-sys-admin.js';
import { skew } from './time/skew.js';

/** Every check, in the order in which reports list them. The version changes whenever a verdict can change. */
export const catalogue: Catalogue = {
  version: '2026.11.1',
  checks: [
    architecture,
    distribution,
    kernelVersion,
    iptablesBase,
    ipset,
    conntrack,
    ipip,
    vxlan,
    capSysAdmin,
    networkmanager,
    firewalld,
    poolHostOverlap,
    poolServiceOverlap,
    hostname,
    hostnameUnique,
    skew,
    cniDirectories,
  ],
};
