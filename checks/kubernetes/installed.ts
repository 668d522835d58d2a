import { notApplicable, unknown, type Verdict } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import type { KubernetesFiles } from '../probes/kubernetes-files.js';
import type { Process } from '../probes/processes.js';
import type { Daemon } from '../requirements/kubernetes-daemons.js';
import { JOINED_FILES, KUBERNETES_PROGRAMS } from '../requirements/kubernetes-files.js';

/** `processes` is missing where the node does not show the processes of other users: the files then tell alone. */
export type KubernetesFacts = {
  readonly files: KubernetesFiles;
  readonly processes?: readonly Process[];
};

export type Installed = {
  /**
   * `joined`: this node is part of a cluster. `packages`: the programs are there and nothing more. `absent`: neither.
   * `unclear`: it may be in a folder that the login user cannot look into.
   */
  readonly state: 'joined' | 'packages' | 'absent' | 'unclear';
  /** What was seen, for a finding. */
  readonly how: string;
};

const SERVERS: readonly Daemon[] = [
  'kube-apiserver',
  'k3s-server',
  'k3s-agent',
  'rke2-server',
  'rke2-agent',
  // MicroK8s: kubelet, kube-proxy and the API server in one.
  'kubelite',
];

/** A kubelet of the packages is started again and again until kubeadm gives it a configuration. */
const waits = ({ files }: KubernetesFacts, { flags }: Process): boolean => {
  const kubeconfig = flags.get('kubeconfig');
  return kubeconfig === '/etc/kubernetes/kubelet.conf' && !files.there.has(kubeconfig);
};

function runs(facts: KubernetesFacts): string | undefined {
  const all = facts.processes ?? [];
  const server = all.find(({ name }) => SERVERS.includes(name));
  const kubelet = all.find((one) => one.name === 'kubelet' && !waits(facts, one));
  return (server ?? kubelet)?.name;
}

/** Whether Kubernetes is installed on this node. Pure. */
export function kubernetesOn(facts: KubernetesFacts): Installed {
  const { there, hidden } = facts.files;
  const running = runs(facts);
  if (running !== undefined) return { state: 'joined', how: `${running} runs` };
  const file = JOINED_FILES.find((path) => there.has(path));
  if (file !== undefined) return { state: 'joined', how: `${file} is there` };
  const [folder] = hidden;
  if (folder !== undefined) return { state: 'unclear', how: `${folder} cannot be looked into` };
  const program = KUBERNETES_PROGRAMS.find((path) => there.has(path));
  if (program !== undefined)
    return { state: 'packages', how: `${program} is there and has joined no cluster` };
  return { state: 'absent', how: 'no Kubernetes' };
}

/** The verdict on what cannot be asked before Kubernetes is installed. */
export const AFTER_INSTALL: Verdict = notApplicable(
  'Kubernetes is not installed yet; ask again after install',
);

/** Null where Kubernetes is installed; else the verdict of a check that only then has something to judge. */
export function beforeInstall(facts: KubernetesFacts): Verdict | null {
  const { state, how } = kubernetesOn(facts);
  if (state === 'joined') return null;
  if (state !== 'unclear') return AFTER_INSTALL;
  return unknown(
    reason('denied', `whether Kubernetes is installed is not known: ${how}`),
    'Audit as root, or let the login user run the listed commands with sudo.',
  );
}
