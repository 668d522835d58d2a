import { usesIpip, usesVxlan, type Intent } from '../../src/domain/intent.js';
import { BPF_REQUIRED } from '../requirements/bpf-features.js';
import type { KernelFeature } from '../requirements/kernel-feature.js';
import {
  CONNTRACK,
  CONNTRACK_NETLINK,
  CONNTRACK_SCTP,
  IP_SET,
  IPIP,
  IPVS,
  IPVS_SCHEDULERS,
  LEGACY_IPV4,
  LEGACY_IPV6,
  NF_TABLES,
  NFT_COMPAT,
  NFT_NAT,
  SCTP_SOCKETS,
  SET_TYPES,
  VXLAN,
  WIREGUARD,
} from '../requirements/kernel-features.js';
import { actionsFor, emittedFor, matchesFor } from '../requirements/netfilter-features.js';
import { isAtLeast } from '../requirements/releases.js';

/** Felix under nftables lists IP sets from 3.31 on, to clean up, and panics without them. */
export const needsIpSets = ({ dataplane, calico }: Intent): boolean =>
  dataplane !== 'nftables' || isAtLeast(calico, '3.31');

function tablesFor({ dataplane, ipFamilies }: Intent): readonly KernelFeature[] {
  if (dataplane === 'nftables') return [NF_TABLES, NFT_NAT];
  return [
    NF_TABLES,
    NFT_COMPAT,
    ...(ipFamilies.includes('ipv4') ? LEGACY_IPV4 : []),
    ...(ipFamilies.includes('ipv6') ? LEGACY_IPV6 : []),
  ];
}

/** Every feature that this intent makes Calico or kube-proxy use, those of either variant of iptables among them. */
export function featuresFor(intent: Intent): readonly KernelFeature[] {
  return [
    ...tablesFor(intent),
    ...(needsIpSets(intent) ? [IP_SET] : []),
    ...(intent.dataplane === 'nftables' ? [] : SET_TYPES),
    ...matchesFor(intent),
    ...actionsFor(intent),
    ...emittedFor(intent),
    CONNTRACK,
    CONNTRACK_NETLINK,
    ...(intent.sctp ? [CONNTRACK_SCTP, SCTP_SOCKETS] : []),
    ...(intent.kubeProxy === 'ipvs' ? [IPVS, ...IPVS_SCHEDULERS] : []),
    ...(usesIpip(intent) ? [IPIP] : []),
    ...(usesVxlan(intent) ? [VXLAN] : []),
    ...(intent.wireguard === 'none' ? [] : [WIREGUARD]),
    ...(intent.dataplane === 'ebpf' ? BPF_REQUIRED : []),
  ];
}
