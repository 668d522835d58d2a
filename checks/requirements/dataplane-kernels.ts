import type { Source } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import type { KernelVersion } from '../../src/domain/kernel-version.js';
import { isAtLeast } from './releases.js';

type Release = Intent['calico'];

/** A kernel minimum that Red Hat's kernels, which carry later work, meet earlier than others. */
export type KernelMinimum = {
  readonly kernel: KernelVersion;
  /** For Red Hat's 4.18 kernels and their rebuilds; undefined where they have no exception. */
  readonly redHat?: KernelVersion;
  /** In the page's words. */
  readonly words: string;
};

const DOCS = 'https://docs.tigera.io/calico/latest';

/** Below it Felix switches the eBPF data plane off by itself (felix/bpf, the same numbers on every branch from 3.25). */
export const EBPF_GATE: Required<KernelMinimum> = {
  kernel: [5, 3],
  redHat: [4, 18, 0, 193],
  words: '5.3, or 4.18.0-193 of RHEL',
};

const EBPF_UNTIL_330: KernelMinimum = {
  kernel: [5, 3],
  redHat: [4, 18, 0, 193],
  words: '5.3 or later, or RHEL 8.2 with 4.18.0-193 or later',
};
const EBPF_SINCE_331: KernelMinimum = {
  kernel: [5, 10],
  redHat: [4, 18, 0, 305],
  words: '5.10 or later, or RHEL 8.4 with 4.18.0-305 or later',
};

/** What the installation page of the release asks for; null for 3.0, which has no eBPF data plane. */
export function ebpfKernel(release: Release): KernelMinimum | null {
  if (release === '3.0') return null;
  return isAtLeast(release, '3.31') ? EBPF_SINCE_331 : EBPF_UNTIL_330;
}

/** Null before 3.29, which is the first release with an nftables data plane. */
export const nftablesKernel = (release: Release): KernelMinimum | null =>
  isAtLeast(release, '3.29') ? { kernel: [5, 13], words: '5.13 or later' } : null;

/** kube-proxy refuses to start in nftables mode on an older kernel. */
export const KUBE_PROXY_NFTABLES: KernelMinimum = { kernel: [5, 13], words: '5.13 or later' };

/** WireGuard is part of Linux from here on; distributions carried it to older kernels. */
export const WIREGUARD_MAINLINE: KernelMinimum = {
  kernel: [5, 6],
  words: '5.6 or later, or a distribution that carries WireGuard to its older kernel',
};

export const VXLAN_IPV6: KernelMinimum = {
  kernel: [4, 19, 1],
  redHat: [4, 18, 0],
  words: '4.19.1 or later, or 4.18.0 or later of Red Hat',
};

/** XDP programs on a device: felix/bpf, SupportsXDP. */
export const XDP_KERNEL: KernelMinimum = { kernel: [4, 16], words: '4.16 or later' };

const at = (page: string, path: string, date: string, says: string): Source => ({
  page,
  url: `${DOCS}/${path}`,
  date,
  says,
});

export const EBPF_PAGE = at(
  'Install in eBPF mode',
  'operations/ebpf/install',
  '2026-08-21',
  'Kernel 5.10 or later, or RHEL 8.4 with 4.18.0-305 or later (3.31 on; before: 5.3, or RHEL 8.2 with 4.18.0-193). x86-64 and, from 3.27, little-endian arm64. Not with an etcd datastore, SCTP, or IPIP together with IPv6.',
);
export const NFTABLES_PAGE = at(
  'nftables data plane',
  'getting-started/kubernetes/nftables',
  '2026-08-21',
  'Linux kernel 5.13 or later and nft 1.0.1 or later; kube-proxy in nftables mode.',
);
export const WIREGUARD_PAGE = at(
  'Encrypt in-cluster pod traffic',
  'network-policy/encrypt-cluster-pod-traffic',
  '2026-08-21',
  'WireGuard is part of Linux 5.6 and was carried to earlier kernels of some distributions.',
);
export const OVERLAY_PAGE = at(
  'Overlay networking',
  'networking/configuring/vxlan-ipip',
  '2026-08-21',
  'VXLAN over IPv6 needs Linux 4.19.1 or later, or 4.18.0 or later of Red Hat.',
);
export const KUBE_PROXY_CODE: Source = {
  page: 'kube-proxy, start-up check of the nftables mode',
  url: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/util/kernel/constants.go',
  date: '2026-08-22',
  says: 'kube-proxy in nftables mode requires kernel 5.13 or later.',
};
export const FELIX_GATE_CODE: Source = {
  page: 'Felix, the gate of the eBPF data plane',
  url: 'https://github.com/projectcalico/calico/blob/master/felix/bpf/bpf.go',
  date: '2026-08-22',
  says: 'Below 5.3.0, or 4.18.0-193 on Red Hat, Felix logs that the kernel does not support BPF mode and goes on without it.',
};

/** The level of x86-64 that the release's programs are built for; null for the first, which every x86-64 has. */
export const x8664Level = (release: Release): 'x86-64-v2' | null =>
  isAtLeast(release, '3.31') ? 'x86-64-v2' : null;

/** What x86-64-v2 adds to x86-64, as /proc/cpuinfo calls it (`pni` is SSE3). */
export const X86_64_V2_FLAGS = [
  'cx16',
  'lahf_lm',
  'pni',
  'popcnt',
  'sse4_1',
  'sse4_2',
  'ssse3',
] as const;
