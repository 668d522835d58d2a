import type { KubernetesFiles } from '../probes/kubernetes-files.js';
import type { Process } from '../probes/processes.js';
import type { Daemon, Flag } from '../requirements/kubernetes-daemons.js';

/** A node that has joined a cluster, for `explain` to show fixes by. */
export const exampleFiles = (
  path = '/var/lib/kubelet/kubeadm-flags.env',
  ...flags: readonly (readonly [Flag, string])[]
): KubernetesFiles => ({
  there: new Set(['/etc/kubernetes/kubelet.conf']),
  hidden: [],
  readAsRoot: true,
  files: [{ path, flags: new Map(flags), keys: new Map(), proxyConfig: null }],
});

export const exampleProcess = (
  name: Daemon,
  ...flags: readonly (readonly [Flag, string])[]
): Process => ({ pid: 1000, name, flags: new Map(flags), proxyConfig: null });
