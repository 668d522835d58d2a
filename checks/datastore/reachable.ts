import {
  defineClusterCheck,
  fail,
  pass,
  unknown,
  type Share,
  type Verdict,
} from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { someOf } from '../../src/domain/some-of.js';
import { CLUSTER_NEEDS, clusterOf } from '../kubernetes/cluster.js';
import { etcdVersion } from '../probes/etcd-version.js';
import { processes, running } from '../probes/processes.js';
import { pageB } from '../requirements/sources.js';

const NEEDS = { ...CLUSTER_NEEDS, etcd: etcdVersion, processes } as const;
type Shares = readonly Share<typeof NEEDS>[];

function judgeKubernetes(shares: Shares): Verdict {
  const view = clusterOf(shares);
  if (view.cluster === null) return view.verdict;
  const silent = view.cluster.nodes
    .filter(({ ready }) => ready === 'Unknown')
    .map(({ name }) => name);
  if (silent.length > 0)
    return fail(
      `the API server answers, and hears nothing of ${someOf(silent)}`,
      'every node reports to the API server',
    );
  if (!view.cluster.listed || view.cluster.nodes.length === 0)
    return unknown(reason('denied', 'the nodes of the cluster could not be listed'));
  return pass(
    `the API server answers, and ${String(view.cluster.nodes.length)} nodes report to it`,
  );
}

/** Only loopback is asked: the way from other nodes is a matter of the path tests. */
function judgeEtcd(shares: Shares, { dataplane, etcdEndpoints }: Intent): Verdict {
  if (dataplane === 'ebpf')
    return fail(
      'an etcd datastore with the eBPF data plane',
      'datastore: kubernetes, which eBPF needs',
    );
  const here = shares.filter(
    ({ facts }) => facts.etcd.running !== null || running(facts.processes, 'etcd').length > 0,
  );
  if (here.length > 0) return pass(`etcd runs on ${someOf(here.map(({ node }) => node.name))}`);
  const named =
    etcdEndpoints.length === 0
      ? 'and the intent names none'
      : `named are ${someOf(etcdEndpoints, 3)}`;
  return unknown(
    reason('not-run', `no etcd was seen on the nodes asked, ${named}`),
    'Audit the etcd nodes too, and test the paths to them.',
  );
}

export const reachable = defineClusterCheck({
  id: 'datastore/reachable',
  title: 'The datastore answers and the nodes reach it',
  why: 'Every component of Calico reads its configuration from the datastore. A node that cannot reach it keeps the policies and routes of the past, or never gets any.',
  sources: [
    pageB(
      'B8',
      'key-value-store',
      'Calico needs a key/value store that all its components reach: the Kubernetes API, or etcd v3.',
    ),
    {
      page: 'Install in eBPF mode',
      url: 'https://docs.tigera.io/calico/latest/operations/ebpf/install',
      date: '2026-08-21',
      says: 'The eBPF data plane does not work with an etcd datastore.',
    },
  ],
  severity: 'required',
  waivable: true,
  needs: NEEDS,
  rule: ({ datastore }) =>
    datastore === 'kubernetes'
      ? 'Passes when the API server answers on a control-plane node and hears of every node; a node that it no longer hears of fails. Not applicable before Kubernetes is installed.'
      : 'Passes when etcd runs on a node asked; fails with the eBPF data plane; else unknown. The way to it from the other nodes is tested as a path.',
  breaks: ['policies, routes and addresses on every node that cannot reach it'],
  judge: (shares, intent) =>
    intent.datastore === 'kubernetes' ? judgeKubernetes(shares) : judgeEtcd(shares, intent),
});
