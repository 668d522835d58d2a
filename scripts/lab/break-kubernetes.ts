import { write, type Breakage, type Breakages } from './breakage.js';
import {
  kubelet,
  kubeProxy,
  KUBELET_CONFIG,
  KUBELET_FLAGS,
  MANIFEST,
  tell,
  untell,
} from './stage-kubernetes.js';

type Rest = Pick<Breakage, 'what' | 'breaks' | 'script' | 'mend'>;

const staged = (rest: Rest, standIn: string): Breakage => ({
  ...rest,
  stage: 'kubernetes',
  packages: true,
  standIn,
});

/** Real files of a cluster that is not there. */
const file = (
  what: string,
  breaks: Breakage['breaks'],
  path: string,
  [sound, broken]: readonly [string, string],
): Breakage =>
  staged(
    {
      what,
      breaks,
      script: () => `sed -i 's|${sound}|${broken}|' ${path}`,
      mend: () => `sed -i 's|${broken}|${sound}|' ${path}`,
    },
    'files of kubeadm without a cluster',
  );

/** What an API server says, in answer to a real kubectl. */
const answer = (
  what: string,
  breaks: Breakage['breaks'],
  name: string,
  text: (address: string) => string,
): Breakage =>
  staged(
    {
      what,
      breaks,
      script: ({ address }) => tell(name, text(address)),
      mend: () => untell(name),
    },
    'a small HTTP server in the place of the API server',
  );

const process = (rest: Rest): Breakage => staged(rest, 'a process of that name that only sleeps');

const ETCD = '/usr/bin/etcd';
const etcd = (version: string): string =>
  `${write(ETCD, `#!/bin/sh\necho "etcd Version: ${version}"`)} && chmod 755 ${ETCD}`;

const NAT = 'iptables-nft -t nat';
const RULE =
  'KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "kube-system/kube-dns:dns-tcp cluster IP" -m tcp --dport 53 -j KUBE-MARK-MASQ';

/** A cluster: its versions, ports, roles, and the settings of kubelet and kube-proxy. */
export const KUBERNETES_BREAKAGES: Breakages = {
  'old-api-server': answer(
    'an API server of Kubernetes 1.20',
    {
      'kubernetes/version': 'v1.20.15 (API server)',
      'kube-proxy/mode-version': 'nftables needs Kubernetes 1.31.0',
      'cluster/version-skew': 'kubelets newer than the API server v1.20.15',
    },
    'version',
    () => 'v1.20.15',
  ),
  'silent-node': answer(
    'a node that the API server no longer hears of',
    { 'datastore/reachable': 'hears nothing of node-2' },
    'ready',
    () => 'Unknown',
  ),
  'no-role': answer(
    'no cluster role of calico-node',
    { 'datastore/rbac': 'ClusterRole calico-node' },
    'roles',
    () => 'calico-kube-controllers calico-cni-plugin',
  ),
  'external-ip': answer(
    "a node's own address as the external one of a Service",
    { 'kube-proxy/ipvs-external-ips': 'web/shop' },
    'external',
    (address) => address,
  ),
  'api-port': file(
    'an API server on TCP 8443',
    { 'kubernetes/api-server-port': '8443' },
    MANIFEST,
    ['secure-port=6443', 'secure-port=8443'],
  ),
  'node-ports': file(
    'a range of NodePorts that Felix does not know',
    { 'kube-proxy/ipvs-nodeport-range': '20000-32767' },
    MANIFEST,
    ['range=30000', 'range=20000'],
  ),
  unprivileged: file(
    'an API server that refuses privileged containers',
    { 'privileges/privileged-containers': 'does not set --allow-privileged=true' },
    MANIFEST,
    ['privileged=true', 'privileged=false'],
  ),
  'removed-flag': file(
    'a flag that the kubelet no longer knows',
    { 'kubernetes/kubelet-cni': KUBELET_FLAGS },
    KUBELET_FLAGS,
    ['ARGS=""', 'ARGS="--network-plugin=cni"'],
  ),
  'many-pods': file(
    'a kubelet that admits 2000 pods',
    { 'kube-proxy/ipvs-mark-bits': 'maxPods: 2000' },
    KUBELET_CONFIG,
    ['maxPods: 110', 'maxPods: 2000'],
  ),
  'kubelet-capabilities': process({
    what: 'a kubelet.service without CAP_NET_RAW',
    breaks: { 'privileges/capabilities': 'kubelet may not have CAP_NET_RAW' },
    script: () => kubelet('--property=CapabilityBoundingSet=~CAP_NET_RAW'),
    mend: () => kubelet(),
  }),
  'userspace-proxy': process({
    what: 'a kube-proxy in the mode userspace, which is no more',
    breaks: { 'kube-proxy/mode': 'userspace' },
    script: () => kubeProxy('userspace'),
    mend: () => kubeProxy('iptables'),
  }),
  'masquerade-all': process({
    what: 'the rules of a kube-proxy that masquerades all',
    breaks: { 'kube-proxy/masquerade-all': 'the iptables rules of kube-proxy' },
    script: () => `${NAT} -N KUBE-MARK-MASQ && ${NAT} -N KUBE-SERVICES && ${NAT} -A ${RULE}`,
    mend: () =>
      `for chain in KUBE-SERVICES KUBE-MARK-MASQ; do ${NAT} -F $chain 2>/dev/null && ${NAT} -X $chain; done; true`,
  }),
  'mode-changed': process({
    what: 'the nft table of a kube-proxy that runs in another mode now',
    breaks: { 'kube-proxy/mode-changed': 'the nft table kube-proxy' },
    script: () => 'nft add table ip kube-proxy',
    mend: () => 'nft delete table ip kube-proxy 2>/dev/null; true',
  }),
  'old-etcd': {
    what: 'etcd 2',
    breaks: { 'datastore/etcd-version': 'etcd 2.3.8' },
    standIn: 'a script named etcd that says its version',
    script: () => etcd('2.3.8'),
    mend: () => etcd('3.5.24'),
  },
};
