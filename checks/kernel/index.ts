import type { AnyCheck } from '../../src/domain/check.js';
import { conntrack } from './conntrack.js';
import { ipip } from './ipip.js';
import { ipset } from './ipset.js';
import { iptablesBase } from './iptables-base.js';
import { conntrackSctp } from './conntrack-sctp.js';
import { iptablesActions } from './iptables-actions.js';
import { iptablesBackend } from './iptables-backend.js';
import { iptablesMatches } from './iptables-matches.js';
import { ipvs } from './ipvs.js';
import { modulesExtra } from './modules-extra.js';
import { nftables } from './nftables.js';
import { rebootPending } from './reboot-pending.js';
import { wireguard } from './wireguard.js';
import { witnessConflict } from './witness-conflict.js';
import { version } from './version.js';
import { vxlan } from './vxlan.js';
import { dataplaneVersion } from './dataplane-version.js';
import { ebpf } from './ebpf.js';
import { btf } from './btf.js';
import { xdp } from './xdp.js';
import { bpfMounts } from './bpf-mounts.js';
import { lockdown } from './lockdown.js';
import { securityfs } from './securityfs.js';
import { mountPropagation } from './mount-propagation.js';
import { cgroupVersion } from './cgroup-version.js';
import { sysctlRpFilter } from './sysctl-rp-filter.js';
import { sysctlIpForward } from './sysctl-ip-forward.js';
import { conntrackTable } from './conntrack-table.js';
import { inotifyLimits } from './inotify-limits.js';

/** The checks of this folder, in the order of reports. */
export const kernelChecks: readonly AnyCheck[] = [
  version,
  iptablesBase,
  iptablesMatches,
  iptablesActions,
  iptablesBackend,
  nftables,
  ipset,
  conntrack,
  conntrackSctp,
  ipvs,
  ipip,
  vxlan,
  wireguard,
  witnessConflict,
  rebootPending,
  modulesExtra,
  dataplaneVersion,
  ebpf,
  btf,
  xdp,
  bpfMounts,
  lockdown,
  securityfs,
  mountPropagation,
  cgroupVersion,
  sysctlRpFilter,
  sysctlIpForward,
  conntrackTable,
  inotifyLimits,
];
