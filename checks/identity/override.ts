import type { KubernetesFiles } from '../probes/kubernetes-files.js';
import { running, type Process } from '../probes/processes.js';

type Facts = { readonly files?: KubernetesFiles; readonly processes?: readonly Process[] };

const KUBELETS = /kubelet|kubeadm-flags/;

/** The name that the kubelet was told to register its node by, in place of the host name; undefined when none was seen. */
export function overrideOf({ files, processes = [] }: Facts): string | undefined {
  const flags = [
    ...running(processes, 'kubelet').map((one) => one.flags),
    ...(files?.files ?? []).filter(({ path }) => KUBELETS.test(path)).map((one) => one.flags),
  ];
  const said = flags.map((one) => one.get('hostname-override')?.trim()).find((name) => name);
  return said?.toLowerCase();
}
