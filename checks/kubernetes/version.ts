import {
  defineClusterCheck,
  fail,
  pass,
  type Share,
  unknown,
  warn,
  type Verdict,
} from '../../src/domain/check.js';
import { RELEASES, type Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { someOf } from '../../src/domain/some-of.js';
import { kubeletVersion } from '../probes/kubelet-version.js';
import {
  compareKubernetes,
  HOSTED_INSTALL_KUBERNETES,
  kubernetesRange,
  kubernetesStanding,
  type KubernetesStanding,
} from '../requirements/kubernetes-versions.js';
import { pageA, pageB, pageToday } from '../requirements/sources.js';
import { CLUSTER_NEEDS, clusterOf } from './cluster.js';

const NEEDS = { ...CLUSTER_NEEDS, kubelet: kubeletVersion } as const;
type Shares = readonly Share<typeof NEEDS>[];
/** A version and who says it. */
type Claim = { readonly version: string; readonly who: string };

const expectedOf = ({ calico }: Intent): string => {
  const { tested } = kubernetesRange(calico);
  return tested.length === 0
    ? 'Kubernetes 1.4.0 or later'
    : `a Kubernetes version that Calico ${calico} is tested with: ${tested.join(', ')}`;
};

const WORDS: Readonly<Record<KubernetesStanding, string>> = {
  tested: 'is tested',
  newer: 'is newer than the tested ones: it may work',
  untested: 'is not among the tested ones',
  'may-work': 'may work and is no longer tested',
  broken: 'will not work',
  unreadable: 'cannot be read as a version',
};

/** Page A names the oldest version alone, so that any later one passes by it. */
function standingOf({ calico }: Intent, version: string): KubernetesStanding {
  const standing = kubernetesStanding(calico, version);
  if (calico !== '3.0' || standing !== 'untested') return standing;
  return (compareKubernetes(version, HOSTED_INSTALL_KUBERNETES) ?? -1) < 0 ? 'untested' : 'tested';
}

function claimsOf(shares: Shares, intent: Intent): readonly Claim[] {
  const view = clusterOf(shares);
  const kubelets = shares.flatMap(({ node, facts }) =>
    facts.kubelet.version === null
      ? []
      : [{ version: facts.kubelet.version, who: `kubelet of ${node.name}` }],
  );
  const server = view.cluster === null ? [] : [{ version: view.cluster.server, who: 'API server' }];
  const nodes = (view.cluster?.nodes ?? []).map(({ name, kubelet }) => ({
    version: kubelet,
    who: `kubelet of ${name}`,
  }));
  return [{ version: intent.kubernetes, who: 'intent' }, ...server, ...nodes, ...kubelets];
}

const worded = (claims: readonly Claim[]): string => {
  const versions = [...new Set(claims.map(({ version }) => version))];
  return versions
    .slice(0, 3)
    .map(
      (version) =>
        `${version} (${someOf([...new Set(claims.filter((one) => one.version === version).map(({ who }) => who))], 3)})`,
    )
    .join(', ');
};

function judge(shares: Shares, intent: Intent): Verdict {
  const claims = claimsOf(shares, intent);
  const by = (...states: readonly KubernetesStanding[]): readonly Claim[] =>
    claims.filter(({ version }) => states.includes(standingOf(intent, version)));
  const expected = expectedOf(intent);
  const broken = by('broken');
  if (broken.length > 0)
    return fail(
      `Kubernetes ${worded(broken)} ${WORDS.broken} with Calico ${intent.calico}`,
      expected,
    );
  const view = clusterOf(shares);
  if (view.cluster === null && view.joined && claims.length === 1) return view.verdict;
  for (const state of ['untested', 'may-work', 'newer'] as const) {
    const those = by(state);
    if (those.length > 0)
      return warn(
        `Kubernetes ${worded(those)} ${WORDS[state]} with Calico ${intent.calico}`,
        expected,
      );
  }
  const unread = by('unreadable');
  if (unread.length > 0)
    return unknown(
      reason('garbled', `${worded(unread)} ${WORDS.unreadable}`),
      'Name it as 1.34 or 1.34.2.',
    );
  const far =
    view.cluster === null && !view.joined ? '; ask again after install for the real one' : '';
  return pass(`Kubernetes ${worded(claims)} is tested with Calico ${intent.calico}${far}`);
}

export const version = defineClusterCheck({
  id: 'kubernetes/version',
  title: 'The Kubernetes version is one that this Calico release is tested with',
  why: 'Calico calls interfaces of the API server that older versions do not have and newer ones take away; on versions that are too old it does not start.',
  sources: [
    pageB(
      'B13',
      'supported-versions',
      'Calico 3.29 is tested with Kubernetes 1.29, 1.30 and 1.31; newer ones may work.',
    ),
    pageB(
      'B14',
      'supported-versions',
      'Calico 3.29 will not work on Kubernetes 1.20 or below; on 1.21 it may, untested.',
    ),
    pageToday(
      'supported-versions',
      'The same page today, by release: 3.29 with 1.29 to 1.32, 3.30 with 1.31 to 1.35, 3.31 with 1.32 to 1.35, 3.32 with 1.34 to 1.36.',
    ),
    {
      page: 'System requirements of Calico 3.25 to 3.28, each in the archive of its release',
      url: 'https://docs.tigera.io/archive/v3.25/getting-started/kubernetes/requirements#supported-versions',
      date: '2026-08-21',
      says: '3.25 with 1.23 to 1.28 (1.15 and below will not work), 3.26 with 1.24 to 1.28, 3.27 with 1.27 to 1.29, 3.28 with 1.27 to 1.30 (from 3.26 on 1.20 and below will not work).',
    },
    pageA('A5', 'NetworkPolicy needs the API of Kubernetes 1.3.0 or later.'),
    pageA(
      'A7',
      'The hosted install needs Kubernetes 1.4.0 or later; below it the integration guide applies.',
    ),
  ],
  severity: 'required',
  waivable: true,
  needs: NEEDS,
  rule: ({ calico }) => {
    const { tested, brokenUpTo, mayWork } = kubernetesRange(calico);
    return tested.length === 0
      ? 'Kubernetes 1.4 or later passes, 1.3 warns (no hosted install), anything older fails.'
      : `Judged are the version of the intent, of the API server and of every kubelet found: ${tested.join(', ')} pass, ${brokenUpTo} and older fail; all others warn${mayWork.length > 0 ? `, ${mayWork.join(', ')} among them, which the page calls possible and untested` : ''}.`;
  },
  disagreement:
    'The page of 3.29 as it was first written (2024-10-29) lists 1.29 to 1.31; the same page today adds 1.32, and the code of 3.29 is built with the libraries of 1.30. Today\'s list judges 3.29, the older one judges 3.29-page-B. The pages differ in what they leave open: other versions "may work", so they are a warning and no failure.',
  breaks: ['calico-node, Typha and the controllers, which cannot talk to the API server'],
  alternatives: ({ kubernetes }) =>
    RELEASES.filter((release) => kubernetesStanding(release, kubernetes) === 'tested').map(
      (release) => `calico: ${release}`,
    ),
  judge,
});
