/** Programs whose presence tells which Kubernetes is laid out on a node. */
export const KUBERNETES_PROGRAMS = [
  '/usr/bin/kubelet',
  '/usr/local/bin/kubelet',
  '/opt/bin/kubelet',
  '/home/kubernetes/bin/kubelet',
  '/usr/local/bin/k3s',
  '/usr/bin/k3s',
  '/opt/bin/k3s',
  '/usr/local/bin/rke2',
  '/usr/bin/rke2',
  '/opt/rke2/bin/rke2',
  '/usr/local/bin/k0s',
  '/usr/bin/k0s',
] as const;

/** Files that are there only once this node has joined a cluster, or has been made one. */
export const JOINED_FILES = [
  '/etc/kubernetes/kubelet.conf',
  '/etc/kubernetes/manifests/kube-apiserver.yaml',
  '/var/lib/kubelet/config.yaml',
  '/var/lib/rancher/k3s/agent/kubelet.kubeconfig',
  '/var/lib/rancher/rke2/agent/kubelet.kubeconfig',
  '/var/lib/k0s/kubelet.conf',
] as const;

/** Where the administrator's kubeconfig lies, which control-plane nodes alone have. */
export const ADMIN_KUBECONFIGS = {
  kubeadm: '/etc/kubernetes/admin.conf',
  k3s: '/etc/rancher/k3s/k3s.yaml',
  rke2: '/etc/rancher/rke2/rke2.yaml',
  k0s: '/var/lib/k0s/pki/admin.conf',
} as const;

/** Folders whose content the login user may not be able to see. */
export const KUBERNETES_FOLDERS = [
  '/etc/kubernetes',
  '/etc/kubernetes/manifests',
  '/var/lib/kubelet',
  '/etc/rancher',
  '/var/lib/rancher',
  '/etc/rancher/k3s',
  '/etc/rancher/rke2',
  '/var/lib/k0s',
] as const;

/** Configuration that selected lines are read of. */
export const KUBERNETES_CONFIGURATION = [
  '/etc/kubernetes/manifests/kube-apiserver.yaml',
  '/etc/kubernetes/manifests/kube-controller-manager.yaml',
  '/etc/kubernetes/manifests/kube-proxy.yaml',
  '/var/lib/rancher/rke2/agent/pod-manifests/kube-apiserver.yaml',
  '/var/lib/rancher/rke2/agent/pod-manifests/kube-controller-manager.yaml',
  '/var/lib/rancher/rke2/agent/pod-manifests/kube-proxy.yaml',
  '/var/lib/kubelet/config.yaml',
  '/var/lib/kubelet/kubeadm-flags.env',
  '/etc/kubernetes/kubelet.env',
  '/etc/kubernetes/kubelet-config.yaml',
  '/etc/default/kubelet',
  '/etc/sysconfig/kubelet',
  '/etc/systemd/system/kubelet.service',
  '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf',
  '/var/lib/kube-proxy/config.conf',
  '/var/lib/kube-proxy/kube-proxy-config.yaml',
  '/etc/kubernetes/kube-proxy-config.yaml',
  '/etc/rancher/k3s/config.yaml',
  '/etc/rancher/rke2/config.yaml',
  '/etc/systemd/system/k3s.service',
  '/etc/systemd/system/k3s-agent.service',
] as const;

/** Top-level YAML keys that are handed on besides those of kube-proxy. */
export const CONFIGURATION_KEYS = [
  'kind',
  'cgroupDriver',
  'failCgroupV1',
  'failSwapOn',
  'maxPods',
  'resolvConf',
  'swapBehavior',
  'cluster-cidr',
  'cni',
  'disable-kube-proxy',
  'disable-network-policy',
  'flannel-backend',
  'https-listen-port',
  'service-cidr',
  'service-node-port-range',
] as const;
