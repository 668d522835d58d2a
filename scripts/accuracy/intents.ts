import { DEFAULT_INTENT, type Intent } from '../../src/domain/intent.js';

const CHANGES = {
  default: {},
  vxlan: { encapsulation: 'vxlan', bgp: false },
  nftables: { dataplane: 'nftables', kubeProxy: 'nftables' },
  ebpf: { dataplane: 'ebpf', encapsulation: 'vxlan', kubeProxy: 'none' },
  ipvs: { kubeProxy: 'ipvs' },
  wireguard: { wireguard: 'ipv4' },
  sctp: { sctp: true, kubernetes: '1.35' },
  // A release that does not set the address of vxlan.calico again, and a pool within the services.
  etcd: {
    calico: '3.29',
    kubernetes: '1.31',
    encapsulation: 'vxlan',
    bgp: false,
    datastore: 'etcd',
    etcdEndpoints: ['http://198.18.0.11:2379'],
    typha: false,
    podCIDRs: ['10.100.0.0/16'],
  },
  '3.25': { calico: '3.25', kubernetes: '1.27' },
  'page-A': { calico: '3.0', kubernetes: '1.9' },
  'page-B': { calico: '3.29-page-B', kubernetes: '1.31' },
} as const satisfies Readonly<Record<string, Partial<Intent>>>;

export type IntentName = keyof typeof CHANGES;
export const INTENT_NAMES = Object.keys(CHANGES) as IntentName[];

/** The intents that truth files speak of. */
export const intentOf = (name: IntentName): Intent => ({ ...DEFAULT_INTENT, ...CHANGES[name] });
