import type { Intent } from '../../src/domain/intent.js';
import type { KernelVersion } from '../../src/domain/kernel-version.js';

type Release = Intent['calico'];

/** A distribution as the page of a release names it. */
export type ListedDistribution = {
  readonly name: string;
  /** ID of os-release. */
  readonly id: string;
  /** VARIANT_ID of os-release, where ID alone would name too many. */
  readonly variant?: string;
  /** The version the page names; undefined when it names none. */
  readonly version?: string;
  /** The page says "and later". */
  readonly orLater: boolean;
};

export type NodeRequirements = {
  /** The page's oldest kernel. */
  readonly kernel: KernelVersion;
  /** Empty when the page names none. */
  readonly distributions: readonly ListedDistribution[];
  /** As `uname -m` prints them. */
  readonly architectures: readonly string[];
  /** The text this was read from, and its date. */
  readonly source: string;
  readonly date: string;
};

// The same four on the page of every release since 3.24 (the pages' git history, read 2026-11).
const ARCHITECTURES = ['x86_64', 'aarch64', 'ppc64le', 's390x'];

const only = (name: string, id: string, version: string): ListedDistribution => ({
  name: `${name} ${version}`,
  id,
  version,
  orLater: false,
});
const since = (name: string, id: string, version: string): ListedDistribution => ({
  name: `${name} ${version}+`,
  id,
  version,
  orLater: true,
});
const any = (name: string, id: string, variant?: string): ListedDistribution => ({
  name,
  id,
  orLater: true,
  ...(variant === undefined ? {} : { variant }),
});

const COMMON = [
  only('RHEL', 'rhel', '7'),
  only('CentOS', 'centos', '7'),
  only('Ubuntu', 'ubuntu', '18.04'),
  only('Debian', 'debian', '8'),
];

const OLDEST: NodeRequirements = {
  kernel: [3, 10],
  distributions: [...COMMON, any('CoreOS Container Linux', 'coreos')],
  architectures: ARCHITECTURES,
  source: 'Calico 3.25 system requirements',
  date: '2023-01-09',
};
const OLD: NodeRequirements = {
  ...OLDEST,
  distributions: [
    ...COMMON,
    any('Flatcar Container Linux', 'flatcar'),
    any('Fedora CoreOS', 'fedora', 'coreos'),
  ],
  source: 'Calico 3.26 to 3.29 system requirements before December 2025',
  date: '2024-10-29',
};
// "Linux kernel 5.10 or later" and this list replaced the older text on all live pages (docs repository, commits
// 1bbcbaeda and 28b16b1a8). The list contradicts the kernel beside it: RHEL 8 has 4.18, Ubuntu 20.04 has 5.4, Debian 10 has 4.19.
const TODAY: NodeRequirements = {
  kernel: [5, 10],
  distributions: [
    since('Ubuntu', 'ubuntu', '20.04'),
    since('RHEL', 'rhel', '8'),
    since('Debian', 'debian', '10'),
    since('Bottlerocket', 'bottlerocket', '1.47'),
    since('Talos', 'talos', '1.6'),
  ],
  architectures: ARCHITECTURES,
  source: 'Calico system requirements since December 2025',
  date: '2025-12-08',
};

const BY_RELEASE: Readonly<Record<Release, NodeRequirements>> = {
  // That page carries no date and names neither a kernel nor distributions; Felix itself assumes 3.10 when it cannot read a version.
  '3.0': {
    ...OLDEST,
    distributions: [],
    source: 'Calico 3.0 installation page',
    date: '2018',
  },
  '3.25': OLDEST,
  '3.26': OLD,
  '3.27': OLD,
  '3.28': OLD,
  '3.29-page-B': OLD,
  '3.29': TODAY,
  '3.30': TODAY,
  '3.31': TODAY,
  '3.32': TODAY,
};

export const nodeRequirements = (release: Release): NodeRequirements => BY_RELEASE[release];

/** The kernel below which nothing is documented to work, by any text of any release. */
export const OLDEST_KERNEL: KernelVersion = [3, 10];

const minorOf = (release: Release): number => Number.parseInt(release.split('.')[1] ?? '', 10);

/** True when the intent's release is this one or newer. */
export const isAtLeast = (release: Release, other: Release): boolean =>
  minorOf(release) >= minorOf(other);
