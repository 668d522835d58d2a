import { unknown, type Share, type Verdict } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { kubectlCluster, type ClusterState } from '../probes/kubectl-cluster.js';
import { kubernetesFiles } from '../probes/kubernetes-files.js';
import { AFTER_INSTALL, kubernetesOn } from './installed.js';

/** What a check of the whole cluster asks every node; control-plane nodes alone have an answer from kubectl. */
export const CLUSTER_NEEDS = { files: kubernetesFiles, kubectl: kubectlCluster } as const;

export type ClusterShares = readonly Pick<Share<typeof CLUSTER_NEEDS>, 'node' | 'facts'>[];

export type ClusterView =
  | { readonly cluster: ClusterState; readonly from: string }
  /** Nobody could tell: the verdict says why, or that it is too early. */
  | { readonly cluster: null; readonly verdict: Verdict; readonly joined: boolean };

const TO_KNOW =
  "Audit a control-plane node that has the administrator's kubeconfig, as root or with sudo for the listed commands.";

function whyNot(shares: ClusterShares): string {
  const said = shares.map(({ node, facts: { kubectl } }) => {
    if (kubectl.state === 'refused') return `${node.name}: ${kubectl.why}`;
    return kubectl.state === 'no-kubectl'
      ? `${node.name} has ${kubectl.kubeconfig} and no kubectl`
      : null;
  });
  return (
    said.find((text) => text !== null) ?? 'no node asked has the kubeconfig of an administrator'
  );
}

/** The cluster as the first control-plane node that answered tells it. Pure. */
export function clusterOf(shares: ClusterShares): ClusterView {
  for (const { node, facts } of shares) {
    if (facts.kubectl.state === 'answered')
      return { cluster: facts.kubectl.cluster, from: node.name };
  }
  const asked = shares.some(({ facts }) => facts.kubectl.state !== 'none');
  const states = new Set(shares.map(({ facts }) => kubernetesOn(facts).state));
  const joined = asked || states.has('joined');
  if (!joined && !states.has('unclear'))
    return { cluster: null, verdict: AFTER_INSTALL, joined: false };
  return { cluster: null, verdict: unknown(reason('not-run', whyNot(shares)), TO_KNOW), joined };
}
