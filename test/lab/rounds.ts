/**
 * The intents by which broken checks are judged, each with what some of them ask for. A manifest install, for the
 * operator asks nothing of mounts.
 */
export const INTENTS = {
  plain: 'encapsulation: vxlan',
  ipip: 'encapsulation: ipip\nkubeProxy: ipvs\nsctp: true\nwireguard: ipv4',
  nftables: 'encapsulation: vxlan-cross-subnet\ndataplane: nftables\nkubeProxy: nftables',
  ebpf: 'encapsulation: vxlan\ndataplane: ebpf\nkubeProxy: none\nwireguard: ipv4\nkubernetes: "1.35"',
  etcd: 'encapsulation: vxlan\ncalico: "3.29"\nkubernetes: "1.31"\ndatastore: etcd',
  old: 'calico: "3.0"\nkubernetes: "1.9"\nkubeProxy: ipvs',
} as const;
export type IntentName = keyof typeof INTENTS;

export const intentText = (name: IntentName): string =>
  `${INTENTS[name]}\ninstall: manifest\npodCIDRs: [10.244.0.0/16]\n`;

/** Checks that the plain intent does not ask for, or that go with others of their round that it does not ask for. */
const BY_OTHERS: Readonly<Record<string, IntentName>> = {
  'platform/cloud-underlay': 'ipip',
  'platform/secure-boot': 'ebpf',
  'kernel/ipip': 'ipip',
  'kernel/vxlan': 'ebpf',
  'kernel/iptables-base': 'ipip',
  'kernel/iptables-matches': 'ipip',
  'kernel/iptables-actions': 'ipip',
  'kernel/ipset': 'ipip',
  'kernel/conntrack': 'ipip',
  'kernel/witness-conflict': 'ipip',
  'kernel/inotify-limits': 'ipip',
  'privileges/cap-sys-admin': 'ipip',
  'kernel/wireguard': 'ipip',
  'kernel/ipvs': 'ipip',
  'kernel/conntrack-sctp': 'ipip',
  'kernel/modules-extra': 'ipip',
  'kernel/nftables': 'nftables',
  'kernel/ebpf': 'ebpf',
  'kernel/btf': 'ebpf',
  'kernel/xdp': 'ebpf',
  'kernel/bpf-mounts': 'ebpf',
  'kernel/lockdown': 'ebpf',
  'kernel/dataplane-version': 'ebpf',
  'kernel/cgroup-version': 'ebpf',
  'interfaces/mac-policy': 'etcd',
  'privileges/capabilities': 'ipip',
  'privileges/privileged-containers': 'ipip',
  'addresses/autodetection': 'ipip',
  'kubernetes/version': 'ipip',
  'kubernetes/api-server-port': 'ipip',
  'kubernetes/kubelet-cni': 'ipip',
  'kube-proxy/masquerade-all': 'ipip',
  'kube-proxy/mode': 'etcd',
  'kube-proxy/mode-changed': 'ipip',
  'kube-proxy/mode-version': 'nftables',
  'kube-proxy/ipvs-mark-bits': 'ipip',
  'kube-proxy/ipvs-nodeport-range': 'ipip',
  'kube-proxy/ipvs-external-ips': 'ipip',
  'kube-proxy/ipvs-interface-names': 'old',
  'datastore/etcd-version': 'etcd',
  'datastore/rbac': 'ipip',
  'datastore/reachable': 'ipip',
  'cluster/same-subnet': 'nftables',
  'cluster/version-skew': 'ipip',
};

export const intentOf = (check: string): IntentName => BY_OTHERS[check] ?? 'plain';

/** Checks that compare nodes: for them all are asked, for the others the broken one alone. */
export const COMPARING: readonly string[] = [
  'addresses/duplicate',
  'cluster/same-subnet',
  'identity/hostname-unique',
  'identity/machine-id-unique',
];

/** What is broken at the same time, so that the same audits see all of it. Broken in this order, mended from the end. */
export const ROUNDS: Readonly<Record<string, readonly string[]>> = {
  'rules, ports, names and files': [
    // First, for it flushes the rules of the others, and last when mended.
    ...['nftables-service', 'iptables-mix', 'docker-forward', 'stale-saved-rules', 'bgp-port'],
    ...['ports', 'swarm', 'networkmanager-plain-equals', 'nm-cloud-setup', 'iptables-service'],
    ...['hostname', 'nodename', 'resolv-stub', 'cni-dir', 'calico-left', 'name-taken'],
    ...['flannel-left', 'ip-forward', 'mount-private', 'alpine', 'old-cpu', 'swap'],
    ...['no-securityfs', 'conntrack-full', 'old-kernel'],
  ],
  'services, clones and interfaces': [
    ...['firewalld', 'fail2ban', 'hostname-duplicate', 'machine-id', 'containerd-bin-dir'],
    ...['other-cni', 'xtables-lock', 'mtu', 'same-address', 'pool-overlap', 'networkd'],
    ...['ip-forward-file', 'vmxnet3', 'i686', 'modules-extra'],
  ],
  'mounts, routes and time': [
    ...['noexec-cni', 'rp-filter', 'ufw', 'chrony', 'modules-gone', 'selinux', 'no-eth'],
  ],
  'the kernel': [
    ...['no-ipip', 'no-vxlan', 'no-wireguard', 'no-ipvs', 'no-ipset', 'no-conntrack', 'no-sctp'],
    ...['no-xt-tables', 'no-multiport', 'no-reject', 'no-nft-ct', 'no-cls-bpf', 'two-stories'],
    ...['no-btf', 'lockdown', 'secure-boot', 'inotify-limits', 'no-cap-sys-admin', 'amazon-ec2'],
    ...['bpf-tmpfs', 'cgroup-v1'],
  ],
  Kubernetes: [
    ...['old-api-server', 'silent-node', 'no-role', 'external-ip', 'api-port', 'node-ports'],
    ...['unprivileged', 'removed-flag', 'many-pods', 'kubelet-capabilities', 'userspace-proxy'],
    ...['masquerade-all', 'mode-changed', 'old-etcd', 'mac-policy', 'second-nic'],
  ],
};
