import type { AnyCheck } from '../../src/domain/check.js';
import { apiServer } from './api-server.js';
import { bgp } from './bgp.js';
import { etcd } from './etcd.js';
import { flannelVxlan } from './flannel-vxlan.js';
import { ipip } from './ipip.js';
import { typha } from './typha.js';
import { vxlan } from './vxlan.js';
import { wireguardIpv4 } from './wireguard-ipv4.js';
import { wireguardIpv6 } from './wireguard-ipv6.js';

/** The checks of this folder, in the order of reports. */
export const pathsChecks: readonly AnyCheck[] = [
  bgp,
  ipip,
  vxlan,
  typha,
  wireguardIpv4,
  wireguardIpv6,
  flannelVxlan,
  apiServer,
  etcd,
];
