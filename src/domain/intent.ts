/** Calico releases whose requirements are known; the last two are the source pages as written. */
export const RELEASES = [
  '3.25',
  '3.26',
  '3.27',
  '3.28',
  '3.29',
  '3.30',
  '3.31',
  '3.32',
  '3.0',
  '3.29-page-B',
] as const;

/** For every key with a closed set of values, that set. Readers of intent files validate against it. */
export const INTENT_CHOICES = {
  calico: RELEASES,
  install: ['operator', 'manifest'],
  dataplane: ['iptables', 'nftables', 'ebpf'],
  encapsulation: ['ipip', 'ipip-cross-subnet', 'vxlan', 'vxlan-cross-subnet', 'none'],
  wireguard: ['none', 'ipv4', 'ipv6', 'both'],
  ipFamilies: ['ipv4', 'ipv6'],
  datastore: ['kubernetes', 'etcd'],
  kubeProxy: ['iptables', 'ipvs', 'nftables', 'none'],
  network: ['calico', 'flannel', 'aws-vpc', 'azure'],
} as const;

type Choice<K extends keyof typeof INTENT_CHOICES> = (typeof INTENT_CHOICES)[K][number];

/** What the operator wants to run. Plain data; the keys are those of the intent file. */
export type Intent = {
  readonly calico: Choice<'calico'>;
  readonly install: Choice<'install'>;
  readonly dataplane: Choice<'dataplane'>;
  readonly encapsulation: Choice<'encapsulation'>;
  readonly bgp: boolean;
  readonly typha: boolean;
  readonly wireguard: Choice<'wireguard'>;
  readonly ipFamilies: readonly Choice<'ipFamilies'>[];
  readonly podCIDRs: readonly string[];
  readonly serviceCIDRs: readonly string[];
  /** Prefix length of an IPAM block. */
  readonly blockSize: number;
  /** Bytes, or `auto`. */
  readonly mtu: number | 'auto';
  readonly sctp: boolean;
  readonly datastore: Choice<'datastore'>;
  readonly etcdEndpoints: readonly string[];
  readonly kubernetes: string;
  readonly kubeProxy: Choice<'kubeProxy'>;
  /** `first-last`. */
  readonly nodePortRange: string;
  /** `host:port`, or empty while it is not known. */
  readonly apiServer: string;
  readonly apiServerPort: number;
  readonly typhaPort: number;
  readonly vxlanPort: number;
  readonly network: Choice<'network'>;
};

export const DEFAULT_INTENT: Intent = {
  calico: '3.32',
  install: 'operator',
  dataplane: 'iptables',
  encapsulation: 'ipip',
  bgp: true,
  typha: true,
  wireguard: 'none',
  ipFamilies: ['ipv4'],
  podCIDRs: ['192.168.0.0/16'],
  serviceCIDRs: ['10.96.0.0/12'],
  blockSize: 26,
  mtu: 'auto',
  sctp: false,
  datastore: 'kubernetes',
  etcdEndpoints: [],
  kubernetes: '1.34',
  kubeProxy: 'iptables',
  nodePortRange: '30000-32767',
  apiServer: '',
  apiServerPort: 6443,
  typhaPort: 5473,
  vxlanPort: 4789,
  network: 'calico',
};

export const usesIpip = (intent: Intent): boolean =>
  intent.network === 'calico' && intent.encapsulation.startsWith('ipip');

/** VXLAN carries pods under a vxlan encapsulation and flannel, and NodePorts under eBPF (facts 1.4, 5.1). */
export const usesVxlan = (intent: Intent): boolean =>
  intent.encapsulation.startsWith('vxlan') ||
  intent.network === 'flannel' ||
  intent.dataplane === 'ebpf';
