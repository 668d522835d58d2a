import {
  defineClusterCheck,
  notApplicable,
  pass,
  warn,
  type Share,
  type Verdict,
} from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { compareKernelVersions, parseKernelVersion } from '../../src/domain/kernel-version.js';
import { someOf } from '../../src/domain/some-of.js';
import { CLUSTER_NEEDS, clusterOf } from '../kubernetes/cluster.js';
import { kubeletVersion } from '../probes/kubelet-version.js';
import { unameR } from '../probes/uname-r.js';
import {
  ebpfKernel,
  nftablesKernel,
  WIREGUARD_MAINLINE,
  type KernelMinimum,
} from '../requirements/dataplane-kernels.js';
import { kubernetesMinor } from '../requirements/kubernetes-versions.js';
import { pageToday } from '../requirements/sources.js';

const NEEDS = { ...CLUSTER_NEEDS, kubelet: kubeletVersion, kernel: unameR } as const;
type Shares = readonly Share<typeof NEEDS>[];
type Told = { readonly node: string; readonly value: string };

// Kubernetes' own policy since 1.28: a kubelet may be three minors older than the API server, and never newer.
const OLDEST_KUBELET = 3;

/** Nodes as the cluster tells them, and those of the audit that it does not name. */
function kubeletsOf(shares: Shares): readonly Told[] {
  const named = (clusterOf(shares).cluster?.nodes ?? []).map(({ name, kubelet }) => ({
    node: name,
    value: kubelet,
  }));
  const own = shares.flatMap(({ node, facts }) =>
    facts.kubelet.version === null ? [] : [{ node: node.name, value: facts.kubelet.version }],
  );
  const names = new Set(named.map(({ node }) => node));
  return [...named, ...own.filter(({ node }) => !names.has(node))];
}

const minorOf = ({ value }: Told): number | null => kubernetesMinor(value)?.[1] ?? null;

const worded = (told: readonly Told[]): string =>
  someOf(
    told.map(({ node, value }) => `${value} on ${node}`),
    3,
  );

function kubeletFaults(shares: Shares): readonly string[] {
  const kubelets = kubeletsOf(shares);
  const server = clusterOf(shares).cluster?.server;
  const minors = kubelets.map(minorOf).filter((minor) => minor !== null);
  // Before there is an API server the newest kubelet stands for it.
  const newest =
    server === undefined ? Math.max(...minors) : (kubernetesMinor(server)?.[1] ?? Infinity);
  const newer = kubelets.filter((one) => (minorOf(one) ?? 0) > newest);
  const older = kubelets.filter((one) => (minorOf(one) ?? newest) < newest - OLDEST_KUBELET);
  return [
    ...(newer.length > 0
      ? [`kubelets newer than the API server ${server ?? ''}: ${worded(newer)}`]
      : []),
    ...(older.length > 0
      ? [`kubelets more than ${String(OLDEST_KUBELET)} minors behind: ${worded(older)}`]
      : []),
  ];
}

/** Kinds of container runtimes differ in where they look for CNI. */
function runtimeFaults(shares: Shares): readonly string[] {
  const nodes = clusterOf(shares).cluster?.nodes ?? [];
  const kinds = [...new Set(nodes.map(({ runtime }) => runtime.split(':')[0] ?? ''))];
  return kinds.length < 2 ? [] : [`several kinds of container runtimes: ${someOf(kinds)}`];
}

/** The kernel below which a node of this intent works otherwise than the rest. */
function gateOf({ calico, dataplane, wireguard }: Intent): KernelMinimum | null {
  if (dataplane === 'ebpf') return ebpfKernel(calico);
  if (dataplane === 'nftables') return nftablesKernel(calico);
  return wireguard === 'none' ? null : WIREGUARD_MAINLINE;
}

function kernelFaults(shares: Shares, intent: Intent): readonly string[] {
  const gate = gateOf(intent);
  if (gate === null) return [];
  const below = shares.filter(({ facts }) => {
    const kernel = parseKernelVersion(facts.kernel);
    const redHat = gate.redHat !== undefined && /\.el\d/.test(facts.kernel);
    const least = redHat ? (gate.redHat ?? gate.kernel) : gate.kernel;
    return kernel !== null && compareKernelVersions(kernel, least) < 0;
  });
  if (below.length === 0 || below.length === shares.length) return [];
  const list = worded(below.map(({ node, facts }) => ({ node: node.name, value: facts.kernel })));
  return [`kernels on both sides of ${gate.words}: ${list}`];
}

function judge(shares: Shares, intent: Intent): Verdict {
  const faults = [
    ...kubeletFaults(shares),
    ...runtimeFaults(shares),
    ...kernelFaults(shares, intent),
  ];
  if (faults.length > 0)
    return warn(
      faults.join('; '),
      'kubelets, kernels and container runtimes that do the same on every node',
    );
  if (shares.length < 2 && clusterOf(shares).cluster === null)
    return notApplicable('one node has nobody to differ from');
  const kubelets = new Set(kubeletsOf(shares).map(({ value }) => value));
  const kernels = new Set(shares.map(({ facts }) => facts.kernel));
  return pass(
    `no difference that matters: kubelets ${kubelets.size === 0 ? 'none yet' : someOf([...kubelets], 3)}, kernels ${someOf([...kernels], 3)}`,
  );
}

export const versionSkew = defineClusterCheck({
  id: 'cluster/version-skew',
  title:
    'Kubelets, kernels and container runtimes of the nodes do not differ in what matters to Calico',
  why: 'One node with an older kernel runs another data plane than the rest, or sends its traffic unencrypted, without a word; a kubelet out of step with the API server cannot be relied on.',
  sources: [
    {
      page: 'Kubernetes: version skew policy',
      url: 'https://kubernetes.io/releases/version-skew-policy/',
      date: '2026-08',
      says: 'A kubelet is never newer than the API server and, from Kubernetes 1.28 on, at most three minors older.',
    },
    pageToday(
      'node-requirements',
      'The kernel that a node needs depends on the data plane, which is one for the cluster.',
    ),
  ],
  severity: 'recommended',
  waivable: true,
  needs: NEEDS,
  rule: (intent) => {
    const gate = gateOf(intent);
    return `Warns when a kubelet is newer than the API server or more than three minors older, or when nodes have several kinds of container runtimes${gate === null ? '. Kernels may differ: nothing in this intent works otherwise on an older one' : `, or when some kernels are below ${gate.words} and others not`}.`;
  },
  breaks: ['the same behaviour of Calico on every node'],
  judge,
});
