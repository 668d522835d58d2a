import {
  defineClusterCheck,
  fail,
  notApplicable,
  pass,
  unknown,
  type Share,
  type Verdict,
} from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { someOf } from '../../src/domain/some-of.js';
import { CLUSTER_NEEDS, clusterOf } from '../kubernetes/cluster.js';
import type { ClusterState, RbacObject } from '../probes/kubectl-cluster.js';
import { processes, running } from '../probes/processes.js';
import { isAtLeast } from '../requirements/releases.js';
import { pageA } from '../requirements/sources.js';

const NEEDS = { ...CLUSTER_NEEDS, processes } as const;
type Shares = readonly Share<typeof NEEDS>[];

const EXPECTED = "the service accounts, cluster roles and bindings of Calico's installation";

/** The names that both ways to install make; the CNI plug-in has its own since 3.26. */
const namesOf = ({ calico }: Intent): readonly string[] => [
  'calico-node',
  'calico-kube-controllers',
  ...(calico !== '3.0' && isAtLeast(calico, '3.26') ? ['calico-cni-plugin'] : []),
];

/** With flannel's network the account of calico-node is named canal, and so are its bindings. */
const isCalled = ({ name }: RbacObject, wanted: string): boolean =>
  name === wanted || (wanted === 'calico-node' && /^canal(?:-|$)/.test(name));

function missingOf({ rbac }: ClusterState, intent: Intent): readonly string[] {
  const kinds = ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding'] as const;
  return kinds.flatMap((kind) =>
    namesOf(intent)
      .filter((wanted) => !rbac.some((one) => one.kind === kind && isCalled(one, wanted)))
      .map((wanted) => `${kind} ${wanted}`),
  );
}

/** The authorization modes of an API server that a control-plane node shows; null when none does. */
function modesOf(shares: Shares): readonly string[] | null {
  for (const { facts } of shares) {
    const said =
      running(facts.processes, 'kube-apiserver')[0]?.flags.get('authorization-mode') ??
      facts.files.files
        .find(({ path }) => path.endsWith('kube-apiserver.yaml'))
        ?.flags.get('authorization-mode');
    if (said !== undefined) return said.split(',');
  }
  return null;
}

/** Accounts of the operator alone come before Calico itself. */
const isInstalled = ({ rbac }: ClusterState): boolean =>
  rbac.some(({ name }) => /^(?:calico-|canal)/.test(name));

function judge(shares: Shares, intent: Intent): Verdict {
  const view = clusterOf(shares);
  if (view.cluster === null) return view.verdict;
  const modes = modesOf(shares);
  if (modes !== null && !modes.includes('RBAC'))
    return notApplicable(`the API server's authorization mode is ${someOf(modes)}, without RBAC`);
  if (!view.cluster.listed)
    return unknown(reason('denied', 'accounts and roles could not be listed'));
  if (!isInstalled(view.cluster))
    return notApplicable(
      'Calico is not installed yet, and its installation makes them; ask again after install',
    );
  const missing = missingOf(view.cluster, intent);
  return missing.length > 0
    ? fail(`missing: ${someOf(missing, 4)}`, EXPECTED)
    : pass('the accounts, roles and bindings of Calico are there');
}

export const rbac = defineClusterCheck({
  id: 'datastore/rbac',
  title: "Calico's accounts, roles and bindings are there",
  why: 'With RBAC the API server refuses whatever no role allows: calico-node does not get ready, and the CNI plug-in cannot give pods an address.',
  sources: [
    pageA(
      'A6',
      'With RBAC, the accounts, roles and bindings of Calico must exist, with the etcd and with the Kubernetes datastore.',
    ),
    {
      page: "Calico's manifests",
      url: 'https://github.com/projectcalico/calico/blob/master/manifests/calico.yaml',
      date: '2026-08-22',
      says: 'They make calico-node, calico-cni-plugin and calico-kube-controllers as service accounts, cluster roles and bindings; the operator makes the same in calico-system.',
    },
  ],
  severity: 'required',
  waivable: true,
  needs: NEEDS,
  rule: (intent) =>
    `Fails when Calico is there and an account, role or binding of ${namesOf(intent).join(', ')} is not. Not applicable before Calico is installed, or without RBAC.`,
  breaks: ['calico-node and the CNI plug-in, which the API server refuses'],
  judge,
});
