import type { Source } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { pageA } from './sources.js';

type Release = Intent['calico'];

/** Major and minor number of a Kubernetes version. */
export type KubernetesMinor = readonly [number, number];

export type KubernetesRange = {
  /** The minors that the release is tested with, ascending; empty where the page names none. */
  readonly tested: readonly string[];
  /** The newest minor that it will not work on. */
  readonly brokenUpTo: string;
  /** Minors of which the page says "may work, but is no longer tested". */
  readonly mayWork: readonly string[];
  /** The page the numbers are from. */
  readonly source: Source;
};

// The pages' text as it stood in the documentation's repository then.
const READ = '2026-08-21';
const ARCHIVE = 'https://docs.tigera.io/archive';
const LIVE = 'https://docs.tigera.io/calico';
const PATH = 'getting-started/kubernetes/requirements#supported-versions';

const range = (
  release: string,
  tested: readonly string[],
  date: string,
  base = LIVE,
  broken = { upTo: '1.20', mayWork: ['1.21'] as readonly string[] },
): KubernetesRange => ({
  tested,
  brokenUpTo: broken.upTo,
  mayWork: broken.mayWork,
  source: {
    page: `System requirements of Calico ${release}`,
    url: base === ARCHIVE ? `${base}/v${release}/${PATH}` : `${base}/${release}/${PATH}`,
    date,
    says: `Tested with Kubernetes ${tested.join(', ')}; will not work on ${broken.upTo} or below; newer ones may work.`,
  },
});

const BY_RELEASE: Readonly<Record<Release, KubernetesRange>> = {
  '3.0': {
    tested: [],
    brokenUpTo: '1.2',
    mayWork: [],
    source: pageA(
      'A5, A7',
      'The NetworkPolicy API needs Kubernetes 1.3.0; the hosted installation needs 1.4.0, below it the integration guide applies.',
    ),
  },
  '3.25': range('3.25', ['1.23', '1.24', '1.25', '1.26', '1.27', '1.28'], READ, ARCHIVE, {
    upTo: '1.15',
    mayWork: ['1.16', '1.17', '1.18'],
  }),
  '3.26': range('3.26', ['1.24', '1.25', '1.26', '1.27', '1.28'], READ, ARCHIVE),
  '3.27': range('3.27', ['1.27', '1.28', '1.29'], READ, ARCHIVE),
  '3.28': range('3.28', ['1.27', '1.28', '1.29', '1.30'], READ, ARCHIVE),
  '3.29-page-B': range('3.29', ['1.29', '1.30', '1.31'], '2024-10-29'),
  // 1.32 was added to the page after the release.
  '3.29': range('3.29', ['1.29', '1.30', '1.31', '1.32'], READ),
  '3.30': range('3.30', ['1.31', '1.32', '1.33', '1.34', '1.35'], READ),
  '3.31': range('3.31', ['1.32', '1.33', '1.34', '1.35'], READ),
  '3.32': range('3.32', ['1.34', '1.35', '1.36'], READ),
};

/** What a release's page says of Kubernetes versions. */
export const kubernetesRange = (release: Release): KubernetesRange => BY_RELEASE[release];

/** Page A: below it the hosted installation (one manifest) does not work. */
export const HOSTED_INSTALL_KUBERNETES = '1.4';

/** Reads `1.34`, `v1.34.2` or `v1.31.4+rke2r1`; null for anything else. */
export function kubernetesMinor(version: string): KubernetesMinor | null {
  const match = /^v?(\d{1,3})\.(\d{1,4})(?:$|[.+-])/.exec(version.trim());
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

/** Negative, zero or positive; versions as `kubernetesMinor` reads them, null when one cannot be read. */
export function compareKubernetes(one: string, other: string): number | null {
  const [a, b] = [kubernetesMinor(one), kubernetesMinor(other)];
  if (a === null || b === null) return null;
  return a[0] === b[0] ? a[1] - b[1] : a[0] - b[0];
}

/**
 * `newer`: above the newest tested; `untested`: below the oldest tested, or of a page without a list; `may-work`: in
 * the page's words; `broken`: it will not work.
 */
export type KubernetesStanding =
  'tested' | 'newer' | 'untested' | 'may-work' | 'broken' | 'unreadable';

/** Where a version stands in a release's range. Patch numbers do not matter. */
export function kubernetesStanding(release: Release, version: string): KubernetesStanding {
  const { tested, brokenUpTo, mayWork } = kubernetesRange(release);
  const minor = kubernetesMinor(version);
  if (minor === null) return 'unreadable';
  const short = minor.join('.');
  if ((compareKubernetes(short, brokenUpTo) ?? 1) <= 0) return 'broken';
  if (tested.includes(short)) return 'tested';
  if (mayWork.includes(short)) return 'may-work';
  const newest = tested.at(-1);
  return newest !== undefined && (compareKubernetes(short, newest) ?? 0) > 0 ? 'newer' : 'untested';
}

export type KubeProxyMode = Exclude<Intent['kubeProxy'], 'none'>;
export type SupportedKubeProxyMode = {
  readonly mode: KubeProxyMode;
  /** The oldest Kubernetes version for it; undefined when the page names none. */
  readonly since?: string;
};

const IPTABLES: SupportedKubeProxyMode = { mode: 'iptables' };
const IPVS: SupportedKubeProxyMode = { mode: 'ipvs', since: '1.9.3' };
const NFTABLES: SupportedKubeProxyMode = { mode: 'nftables', since: '1.31.0' };

/** The kube-proxy modes that a release's page names: nftables from 3.29 on. */
export const kubeProxyModes = (release: Release): readonly SupportedKubeProxyMode[] =>
  ['3.0', '3.25', '3.26', '3.27', '3.28'].includes(release)
    ? [IPTABLES, IPVS]
    : [IPTABLES, IPVS, NFTABLES];

/** From this version the kubelet refuses cgroup v1 unless `failCgroupV1: false` (kubernetes/system-validators). */
export const CGROUP_V2_KUBERNETES = '1.35';
