import {
  defineClusterCheck,
  fail,
  notApplicable,
  pass,
  type Share,
  type Verdict,
} from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { CLUSTER_NEEDS, clusterOf } from '../kubernetes/cluster.js';
import { kubernetesOn } from '../kubernetes/installed.js';
import { kubeProxyMode } from '../probes/kube-proxy-mode.js';
import { processes } from '../probes/processes.js';
import { kubeProxyModes } from '../requirements/kubernetes-versions.js';
import { pageA, pageB } from '../requirements/sources.js';
import { realMode } from './mode-of.js';

const NEEDS = { ...CLUSTER_NEEDS, processes, signs: kubeProxyMode } as const;
type Shares = readonly Share<typeof NEEDS>[];

/** Major, minor and, when it is said, patch. */
function numbersOf(version: string): readonly number[] {
  const [, major, minor, patch] = /^v?(\d{1,3})\.(\d{1,4})(?:\.(\d{1,4}))?/.exec(version) ?? [];
  return [major, minor, patch].filter((part) => part !== undefined).map(Number);
}

/** Whether a version is older than the least; one without a patch counts as its newest patch. */
function isOlder(version: string, least: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(least)];
  for (let index = 0; index < want.length; index += 1) {
    const part = have[index];
    if (part === undefined) return false;
    const difference = part - (want[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Oldest Kubernetes by mode, also for modes that the release's page does not list yet. */
const MINIMUMS = new Map(
  kubeProxyModes('3.32').flatMap(({ mode, since }) =>
    since === undefined ? [] : [[mode as string, since] as const],
  ),
);

function modesOf(shares: Shares, { kubeProxy }: Intent): readonly string[] {
  const real = shares
    .filter(({ facts }) => kubernetesOn(facts).state === 'joined')
    .map(({ facts }) => realMode(facts)?.mode)
    .filter((mode) => mode !== undefined);
  return [...new Set([...real, kubeProxy])];
}

function judge(shares: Shares, intent: Intent): Verdict {
  const { cluster } = clusterOf(shares);
  const versions = cluster === null ? [intent.kubernetes] : [cluster.server];
  const wanted = modesOf(shares, intent).flatMap((mode) => {
    const least = MINIMUMS.get(mode);
    return least === undefined ? [] : [{ mode, least }];
  });
  if (wanted.length === 0)
    return notApplicable(
      `kube-proxy in mode ${intent.kubeProxy} asks for no version of Kubernetes`,
    );
  const faults = wanted.filter(({ least }) => versions.some((version) => isOlder(version, least)));
  const words = (list: typeof wanted): string =>
    list.map(({ mode, least }) => `${mode} needs Kubernetes ${least} or later`).join(', ');
  return faults.length > 0
    ? fail(`Kubernetes ${versions.join(', ')}: ${words(faults)}`, words(faults))
    : pass(`Kubernetes ${versions.join(', ')}: ${words(wanted)}`);
}

export const modeVersion = defineClusterCheck({
  id: 'kube-proxy/mode-version',
  title: 'Kubernetes is new enough for the mode of kube-proxy',
  why: "Before these versions kube-proxy's ipvs and nftables modes lack what Calico builds on: Services do not answer, or policy is passed by.",
  sources: [
    pageB(
      'B17',
      'kubernetes-requirements',
      'ipvs mode needs Kubernetes 1.9.3 or later, nftables mode 1.31.0 or later.',
    ),
    pageA('A3', 'ipvs mode needs Kubernetes 1.9.3 or later.'),
  ],
  severity: 'required',
  waivable: true,
  needs: NEEDS,
  rule: () =>
    "ipvs mode fails below Kubernetes 1.9.3, nftables mode below 1.31.0; the API server's version judges where it could be asked, else the intent's. Not applicable to iptables mode.",
  breaks: ['Services'],
  alternatives: () => ['kubeProxy: iptables'],
  judge,
});
