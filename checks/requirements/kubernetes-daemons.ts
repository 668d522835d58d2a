/** What makes a machine a node of Kubernetes. */
export const NODE_DAEMONS = [
  'kubelet',
  'kubelite',
  'k3s',
  'k3s-server',
  'k3s-agent',
  'rke2',
  'rke2-server',
  'rke2-agent',
  'k0s',
] as const;

/** Those that belong to the node itself, never to one of its pods. In a container they make another node: kind, k3d, a build. */
export const HOST_DAEMONS = [
  ...NODE_DAEMONS,
  'containerd',
  'crio',
  'dockerd',
  'cri-dockerd',
] as const;

/**
 * Daemons that checks look for, as /proc/PID/comm names them: the kernel cuts that name after 15 bytes, so
 * kube-controller is both the controller manager of Kubernetes and that of Calico.
 */
export const DAEMONS = [
  ...HOST_DAEMONS,
  'kube-proxy',
  'kube-apiserver',
  'kube-scheduler',
  'kube-controller',
  'etcd',
  'bird',
  'bird6',
  'bgpd',
  'zebra',
  'gobgpd',
  'exabgp',
  'calico-node',
  'calico-felix',
  'calico-typha',
  'flanneld',
  'cilium-agent',
  'kube-router',
  'kube-ovn-daemon',
  'kindnetd',
  'aws-k8s-agent',
  'weaver',
  'antrea-agent',
  'ovnkube',
  'ovs-vswitchd',
] as const;

export type Daemon = (typeof DAEMONS)[number];

/** Those whose flags are looked at. */
export const FLAGGED = [
  'kubelet',
  'kube-proxy',
  'kube-apiserver',
  'kube-controller',
  'etcd',
] as const;

/** The only flags that leave a node, in command lines and in files alike. None of them holds a secret. */
export const FLAGS = [
  'admission-control-config-file',
  'advertise-client-urls',
  'allow-privileged',
  'authorization-mode',
  'cluster-cidr',
  'cni-bin-dir',
  'cni-conf-dir',
  'config',
  'container-runtime',
  'container-runtime-endpoint',
  'disable-kube-proxy',
  'flannel-backend',
  'hostname-override',
  'iptables-masquerade-bit',
  'kubeconfig',
  'listen-client-urls',
  'masquerade-all',
  'metrics-bind-address',
  'network-plugin',
  'node-ip',
  'proxy-mode',
  'secure-port',
  'service-cluster-ip-range',
  'service-node-port-range',
] as const;

/** Those that may stand alone and never take the next word as their value. */
export const BOOLEAN_FLAGS = ['allow-privileged', 'disable-kube-proxy', 'masquerade-all'] as const;

export type Flag = (typeof FLAGS)[number];

/** Keys of a kube-proxy configuration that checks look at, and the sections that repeat some of them. */
export const PROXY_KEYS = [
  'mode',
  'clusterCIDR',
  'metricsBindAddress',
  'masqueradeAll',
  'masqueradeBit',
] as const;
export const PROXY_SECTIONS = ['iptables', 'nftables', 'ipvs', 'winkernel', 'conntrack'] as const;
