import type { Intent } from '../../src/domain/intent.js';
import { feature, part, type KernelFeature } from './kernel-feature.js';

/**
 * What the eBPF data plane cannot be without. No page lists symbols: page B asks for eBPF with the tc hook, and Felix
 * loads programs through bpf(2), hangs them on the tc ingress hook of each device and on a cgroup.
 */
export const BPF_REQUIRED: readonly KernelFeature[] = [
  {
    ...part('the bpf system call', 'BPF_SYSCALL'),
    signs: ['/sys/fs/bpf', '/proc/sys/kernel/unprivileged_bpf_disabled'],
  },
  feature('the tc hook (sch_ingress, clsact)', 'sch_ingress', 'NET_SCH_INGRESS'),
  feature('BPF programs on the tc hook (cls_bpf)', 'cls_bpf', 'NET_CLS_BPF'),
  part('BPF programs on cgroups', 'CGROUP_BPF'),
];

/** Usual beside those, and not proven by a Calico source: a missing one is a warning that says so. */
export const BPF_USUAL: readonly KernelFeature[] = [
  { ...part('the BPF compiler', 'BPF_JIT'), signs: ['/proc/sys/net/core/bpf_jit_enable'] },
  part('actions of packet classifiers', 'NET_CLS_ACT'),
  part('BPF programs on perf events and tracepoints', 'BPF_EVENTS'),
];

export const BTF: KernelFeature = {
  ...part('type information of the kernel (BTF)', 'DEBUG_INFO_BTF'),
  signs: ['/sys/kernel/btf/vmlinux'],
};

export const SECURITYFS: KernelFeature = {
  ...part('securityfs', 'SECURITYFS'),
  signs: ['/sys/kernel/security'],
};

export const BPF_FEATURES: readonly KernelFeature[] = [
  ...BPF_REQUIRED,
  ...BPF_USUAL,
  BTF,
  SECURITYFS,
];

const OLDER: readonly Intent['calico'][] = ['3.0', '3.25', '3.26'];

/** As `uname -m` prints them: x86-64 alone up to 3.26, arm64 too from 3.27, never ppc64le and s390x. */
export const bpfArchitectures = (release: Intent['calico']): readonly string[] =>
  OLDER.includes(release) ? ['x86_64'] : ['x86_64', 'aarch64'];

/** What an intent asks for that the eBPF data plane of its release has not, each in a few words (its installation page). */
export function bpfConflicts(intent: Intent): readonly string[] {
  const { calico, datastore, sctp, ipFamilies, encapsulation } = intent;
  const ipv6 = ipFamilies.includes('ipv6');
  return [
    ...(calico === '3.0' ? ['Calico 3.0 has no eBPF data plane'] : []),
    ...(datastore === 'etcd' ? ['datastore: etcd'] : []),
    ...(sctp ? ['sctp: true'] : []),
    ...(ipv6 && OLDER.includes(calico) ? ['ipFamilies: ipv6 (only from Calico 3.27 on)'] : []),
    ...(ipv6 && encapsulation.startsWith('ipip') ? ['IPIP together with IPv6'] : []),
  ];
}
