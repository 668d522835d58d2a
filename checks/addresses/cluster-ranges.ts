import { contains } from '../../src/domain/cidr.js';
import type { Intent } from '../../src/domain/intent.js';
import { someOf } from '../../src/domain/some-of.js';
import { settingsOf } from '../kube-proxy/mode-of.js';
import type { KubectlCluster } from '../probes/kubectl-cluster.js';
import type { KubernetesFiles } from '../probes/kubernetes-files.js';
import { running, type Process } from '../probes/processes.js';
import type { Flag } from '../requirements/kubernetes-daemons.js';
import { blocksOf, type Named } from './pools.js';

/** What a node, or the cluster through it, tells of the ranges that Kubernetes was started with. */
export type ClusterFacts = {
  readonly files?: KubernetesFiles;
  readonly processes?: readonly Process[];
  readonly kubectl?: KubectlCluster;
};
export type ClusterRange = { readonly blocks: readonly Named[]; readonly where: string };

const NO_FILES: KubernetesFiles = {
  there: new Set(),
  hidden: [],
  readAsRoot: false,
  files: [],
};

/** Ranges are listed with commas, one a family. */
const rangeOf = (text: string | null | undefined, where: string): readonly ClusterRange[] => {
  const blocks = blocksOf((text ?? '').split(',').map((part) => part.trim()));
  return blocks.length === 0 ? [] : [{ blocks, where }];
};

const ofFiles = (
  { files = NO_FILES }: ClusterFacts,
  flag: Flag,
  key: string,
): readonly ClusterRange[] =>
  files.files.flatMap(({ path, flags, keys }) => [
    ...rangeOf(flags.get(flag), path),
    ...rangeOf(keys.get(key), path),
  ]);

/** The ranges that kube-proxy and kube-controller-manager take for those of pods. */
export function podRanges(facts: ClusterFacts): readonly ClusterRange[] {
  const { files = NO_FILES, processes = [], kubectl } = facts;
  const proxies = settingsOf({ files, processes }).flatMap(({ config, where }) =>
    rangeOf(config?.clusterCidr, where),
  );
  const daemons = running(processes, 'kube-proxy', 'kube-controller').flatMap(({ name, flags }) =>
    rangeOf(flags.get('cluster-cidr'), `the running ${FULL[name] ?? name}`),
  );
  const map = kubectl?.state === 'answered' ? kubectl.cluster.proxyConfig?.clusterCidr : null;
  return [
    ...daemons,
    ...proxies,
    ...ofFiles(facts, 'cluster-cidr', 'cluster-cidr'),
    ...rangeOf(map, 'the ConfigMap kube-proxy'),
  ];
}

// The kernel cuts the name of a process after 15 bytes.
const FULL: Readonly<Record<string, string>> = { 'kube-controller': 'kube-controller-manager' };

/** The ranges that the API server gives Services addresses of. */
export const serviceRanges = (facts: ClusterFacts): readonly ClusterRange[] => [
  ...running(facts.processes ?? [], 'kube-apiserver').flatMap(({ flags }) =>
    rangeOf(flags.get('service-cluster-ip-range'), 'the running kube-apiserver'),
  ),
  ...ofFiles(facts, 'service-cluster-ip-range', 'service-cidr'),
];

/** Pools outside of such a range, in words. One that names no range of a pool's family says nothing of it, unless `strict`. */
export function outside(
  pools: readonly Named[],
  ranges: readonly ClusterRange[],
  strict: boolean,
): string | null {
  for (const { blocks, where } of ranges) {
    const out = pools.filter(({ block }) => {
      const own = blocks.filter((range) => range.block.family === block.family);
      return (strict || own.length > 0) && !own.some((range) => contains(range.block, block));
    });
    if (out.length > 0) {
      const range = someOf(blocks.map(({ text }) => text));
      return `${someOf(out.map(({ text }) => text))} is not within the pod range ${range} of ${where}`;
    }
  }
  return null;
}

const KUBEADM = '/var/lib/kubelet/kubeadm-flags.env';

/** Calico's operator takes no pool outside the pod range of a cluster that kubeadm has made. */
export const operatorRefuses = ({ files }: ClusterFacts, { install, network }: Intent): boolean =>
  install === 'operator' && network === 'calico' && files?.there.has(KUBEADM) === true;
