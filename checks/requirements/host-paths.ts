/** Paths of a node whose mere presence tells something; the probe `host-files` asks for them all at once. */
export const HOST_PATHS = [
  '/run/xtables.lock',
  // What Calico's installer and calico-node leave (install.go and plugin.go of Calico).
  '/var/lib/calico/nodename',
  '/etc/cni/net.d/calico-kubeconfig',
  '/etc/cni/net.d/calico-tls',
  '/etc/cni/net.d/10-calico.conflist',
  '/etc/cni/net.d/10-canal.conflist',
  '/opt/cni/bin/calico',
  '/opt/cni/bin/calico-ipam',
  '/etc/calico',
  '/var/run/calico/bird.ctl',
  // What other networks leave.
  '/var/lib/cni/flannel',
  '/run/flannel/subnet.env',
  '/var/run/cilium',
  '/opt/cni/bin/cilium-cni',
  '/var/lib/weave',
  '/opt/cni/bin/weave-net',
  '/var/run/antrea',
  '/var/run/kube-router',
  '/var/lib/cni/networks',
  // SELinux, and the policy that container runtimes need under it.
  '/sys/fs/selinux/enforce',
  '/usr/share/selinux/packages/container.pp.bz2',
  '/usr/share/selinux/packages/container.pp',
  '/var/lib/selinux/targeted/active/modules/200/container',
  '/etc/selinux/targeted/active/modules/200/container',
  // A node of a Docker swarm.
  '/var/lib/docker/swarm/docker-state.json',
  '/var/lib/docker/swarm/worker/tasks.db',
  '/run/systemd/resolve/resolv.conf',
] as const;

export type HostPath = (typeof HOST_PATHS)[number];
