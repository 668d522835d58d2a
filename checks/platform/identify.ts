import type { Hostnamectl } from '../probes/hostnamectl.js';
import type { OsRelease } from '../probes/os-release.js';
import type { ListedDistribution } from '../requirements/releases.js';

/** What the node runs, from os-release or, without it, from hostnamectl. */
export type Distribution = {
  readonly id: string;
  readonly variant: string;
  readonly version: string;
  readonly idLike: readonly string[];
  /** As it calls itself. */
  readonly name: string;
};

// As os-release calls itself in PRETTY_NAME, which is what hostnamectl shows; the longer names first.
const NAMES: readonly (readonly [RegExp, string, string])[] = [
  [/^Fedora CoreOS/, 'fedora', 'coreos'],
  [/^Red Hat Enterprise Linux CoreOS/, 'rhcos', ''],
  [/^Red Hat Enterprise Linux/, 'rhel', ''],
  [/^CentOS/, 'centos', ''],
  [/^Rocky Linux/, 'rocky', ''],
  [/^AlmaLinux/, 'almalinux', ''],
  [/^Oracle Linux/, 'ol', ''],
  [/^Ubuntu Core/, 'ubuntu-core', ''],
  [/^Ubuntu/, 'ubuntu', ''],
  [/^Debian/, 'debian', ''],
  [/^Flatcar/, 'flatcar', ''],
  [/^(?:CoreOS|Container Linux by CoreOS)/, 'coreos', ''],
  [/^Bottlerocket/, 'bottlerocket', ''],
  [/^Talos/, 'talos', ''],
];

function fromHostnamectl({ operatingSystem: name }: Hostnamectl): Distribution | null {
  if (name === '') return null;
  const [, id = '', variant = ''] = NAMES.find(([pattern]) => pattern.test(name)) ?? [];
  return {
    id,
    variant,
    version: /\d{1,6}(?:\.\d{1,6}){0,3}/.exec(name)?.[0] ?? '',
    idLike: [],
    name,
  };
}

export function distributionOf(
  release: OsRelease | undefined,
  control: Hostnamectl | undefined,
): Distribution | null {
  if (release === undefined) return control === undefined ? null : fromHostnamectl(control);
  return {
    id: release.id,
    variant: release.variantId,
    version: release.versionId,
    idLike: release.idLike,
    name:
      release.prettyName === '' ? `${release.id} ${release.versionId}`.trim() : release.prettyName,
  };
}

/** Talos writes its version as v1.7.6. */
function numbers(version: string): readonly number[] | null {
  const [, digits] = /^v?(\d{1,6}(?:\.\d{1,6}){0,3})(?:\D|$)/.exec(version) ?? [];
  return digits === undefined ? null : digits.split('.').map(Number);
}

/** Negative, zero or positive; only as many numbers as `listed` has are looked at, so that 8.10 is an 8. */
function compare(version: string, listed: string): number | null {
  const ours = numbers(version);
  const theirs = numbers(listed);
  if (ours === null || theirs === null) return null;
  for (const [index, number] of theirs.entries()) {
    const difference = (ours[index] ?? 0) - number;
    if (difference !== 0) return difference;
  }
  return 0;
}

const isSame = (found: Distribution, listed: ListedDistribution): boolean =>
  found.id === listed.id && (listed.variant === undefined || listed.variant === found.variant);

/** How the node stands to a page's list. A version that cannot be read is not one of those listed. */
export type Standing =
  | {
      readonly state: 'listed' | 'newer' | 'older' | 'other-version';
      readonly as: ListedDistribution;
    }
  | { readonly state: 'derived'; readonly as: ListedDistribution }
  | { readonly state: 'unlisted' };

function standingOn(found: Distribution, listed: ListedDistribution): Standing {
  if (listed.version === undefined) return { state: 'listed', as: listed };
  const difference = compare(found.version, listed.version);
  if (difference === null) return { state: 'other-version', as: listed };
  if (difference === 0 || (difference > 0 && listed.orLater))
    return { state: 'listed', as: listed };
  return { state: difference > 0 ? 'newer' : 'older', as: listed };
}

export function standing(found: Distribution, list: readonly ListedDistribution[]): Standing {
  const same = list.find((listed) => isSame(found, listed));
  if (same !== undefined) return standingOn(found, same);
  const parent = list.find(({ id, variant }) => variant === undefined && found.idLike.includes(id));
  // What is derived from a release that is not listed, as CentOS 7 is from RHEL 7, or counts otherwise, as Amazon Linux
  // 2 does, has no listed parent.
  return parent !== undefined && standingOn(found, parent).state === 'listed'
    ? { state: 'derived', as: parent }
    : { state: 'unlisted' };
}
