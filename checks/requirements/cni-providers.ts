import type { Intent } from '../../src/domain/intent.js';

/** A network provider or plug-in other than Calico, and how it shows on a node. */
export type CniProvider = {
  readonly name: string;
  /** `network`: a pod network of its own; `bridge`: what a container engine brings along; `meta`: calls other plug-ins. */
  readonly kind: 'network' | 'bridge' | 'meta';
  /** Values of `type` that are its alone. */
  readonly types: readonly string[];
  /** Parts of file names, for plug-ins that use a common type such as `bridge`, and for files that may not be read. */
  readonly files: readonly string[];
  /** Interfaces that are its alone. */
  readonly interfaces: readonly string[];
  /** Names of its processes, as the kernel has them (15 characters). */
  readonly processes: readonly string[];
  /** The `network` of the intent under which it belongs there. */
  readonly network?: Intent['network'];
  /** False: nobody has seen this row confirmed; it never fails a node. */
  readonly verified: boolean;
};

const NONE = { types: [], files: [], interfaces: [], processes: [], verified: true } as const;

/**
 * Read 2026-08 in the manifests and documentation of each provider (kubespray's templates for flannel, Cilium, Weave,
 * kube-router and Multus; antrea issue 4604; the sources of kindnet and kube-ovn; Debian's podman 4.3).
 */
export const CNI_PROVIDERS: readonly CniProvider[] = [
  {
    ...NONE,
    name: 'flannel',
    kind: 'network',
    types: ['flannel'],
    files: ['flannel'],
    interfaces: ['flannel.1', 'flannel-v6.1'],
    processes: ['flanneld'],
    network: 'flannel',
  },
  {
    ...NONE,
    name: 'Cilium',
    kind: 'network',
    types: ['cilium-cni'],
    files: ['cilium'],
    interfaces: ['cilium_host', 'cilium_net', 'cilium_vxlan'],
    processes: ['cilium-agent'],
  },
  {
    ...NONE,
    name: 'Weave Net',
    kind: 'network',
    types: ['weave-net'],
    files: ['weave'],
    interfaces: ['weave', 'vxlan-6784'],
    processes: ['weaver'],
  },
  {
    ...NONE,
    name: 'kube-router',
    kind: 'network',
    files: ['kuberouter', 'kube-router'],
    interfaces: ['kube-bridge'],
    processes: ['kube-router'],
  },
  {
    ...NONE,
    name: 'Antrea',
    kind: 'network',
    types: ['antrea'],
    files: ['antrea'],
    interfaces: ['antrea-gw0', 'antrea-tun0'],
    processes: ['antrea-agent'],
  },
  {
    ...NONE,
    name: 'OVN-Kubernetes',
    kind: 'network',
    types: ['ovn-k8s-cni-overlay'],
    files: ['ovn-kubernetes'],
    interfaces: ['ovn-k8s-mp0'],
    processes: ['ovnkube'],
  },
  {
    ...NONE,
    name: 'kube-ovn',
    kind: 'network',
    types: ['kube-ovn'],
    files: ['kube-ovn'],
    interfaces: ['ovn0'],
    processes: ['kube-ovn-daemon'],
  },
  {
    ...NONE,
    name: 'kindnet',
    kind: 'network',
    types: ['cni-kindnet'],
    files: ['kindnet'],
    processes: ['kindnetd'],
  },
  {
    ...NONE,
    name: 'the AWS VPC plug-in',
    kind: 'network',
    types: ['aws-cni'],
    files: ['10-aws'],
    processes: ['aws-k8s-agent'],
    network: 'aws-vpc',
  },
  {
    ...NONE,
    name: 'the Azure plug-in',
    kind: 'network',
    types: ['azure-vnet'],
    files: ['10-azure'],
    interfaces: ['azure0'],
    network: 'azure',
  },
  {
    ...NONE,
    name: 'the GKE plug-in',
    kind: 'network',
    types: ['gke', 'gke-ptp'],
    verified: false,
  },
  { ...NONE, name: 'Multus', kind: 'meta', types: ['multus', 'multus-shim'], files: ['multus'] },
  { ...NONE, name: 'CRI-O', kind: 'bridge', files: ['crio'] },
  { ...NONE, name: 'podman', kind: 'bridge', files: ['podman'] },
  { ...NONE, name: 'buildah', kind: 'bridge', files: ['buildah'] },
  { ...NONE, name: 'containerd', kind: 'bridge', files: ['containerd-net'] },
  { ...NONE, name: 'nerdctl', kind: 'bridge', files: ['nerdctl'] },
];

/** Plug-ins that stand behind another in a chain and give no pod its network. */
export const CHAINED: ReadonlySet<string> = new Set([
  'portmap',
  'bandwidth',
  'tuning',
  'firewall',
  'sbr',
  'vrf',
  'loopback',
  'dnsname',
  'isolation',
  'egress-cni',
  'istio-cni',
  'linkerd-cni',
  'kuma-cni',
]);

/** Values of `type` inside a plug-in: its address manager, and Calico's `policy`. */
export const INNER: ReadonlySet<string> = new Set([
  'host-local',
  'calico-ipam',
  'dhcp',
  'static',
  'whereabouts',
  'azure-vnet-ipam',
  'azure-cns',
  'k8s',
  'kubernetes',
]);

/** The name Calico gives its own file. */
export const CALICO_FILE = '10-calico.conflist';
