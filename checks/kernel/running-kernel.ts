import type { WitnessFacts } from '../../src/domain/check.js';
import { unknown, type Verdict } from '../../src/domain/check.js';
import {
  compareKernelVersions,
  parseKernelVersion,
  type KernelVersion,
} from '../../src/domain/kernel-version.js';
import { reason } from '../../src/domain/reason.js';
import { distributionOf, type Distribution } from '../platform/identify.js';
import { bootConfig } from '../probes/boot-config.js';
import { hostnamectl } from '../probes/hostnamectl.js';
import { osRelease } from '../probes/os-release.js';
import { unameA } from '../probes/uname-a.js';
import { unameR } from '../probes/uname-r.js';
import type { KernelMinimum } from '../requirements/dataplane-kernels.js';

/** Who can name the running kernel. */
export const releaseWitnesses = { unameR, unameA, hostnamectl, osRelease, bootConfig } as const;
export type ReleaseFacts = WitnessFacts<typeof releaseWitnesses>;

export type RunningKernel = {
  /** As `uname -r` prints it. */
  readonly release: string;
  readonly version: KernelVersion;
  /**
   * As Felix reads it: three numbers, with the build's number where a dash and digits follow. It takes any other text,
   * such as 6.18-rc1, for a 3.10 (felix/environment/versionparse.go).
   */
  readonly felix: KernelVersion;
  readonly distribution: Distribution | null;
  /** Red Hat's kernel or one built from it, as Felix tells it: by `el8_10`, or by a distribution of that family. */
  readonly isRedHat: boolean;
};

export const FELIX_FALLBACK: KernelVersion = [3, 10];

/** The numbers that Felix compares. Pure. */
export const felixVersion = (release: string): KernelVersion =>
  /^\d{1,5}\.\d{1,5}\.\d/.test(release)
    ? (parseKernelVersion(release) ?? FELIX_FALLBACK)
    : FELIX_FALLBACK;

const RED_HAT: readonly string[] = ['rhel', 'centos', 'rocky', 'almalinux', 'ol'];

const isOfRedHat = (release: string, found: Distribution | null): boolean =>
  /\.el\d{1,2}(?:_\d{1,2})?(?:\.|$)/.test(release) ||
  (found !== null && RED_HAT.includes(found.id) && !release.includes('uek'));

/** The running kernel, or the verdict that nobody names it. Pure. */
export function runningKernel(facts: ReleaseFacts): RunningKernel | Verdict {
  const said = [facts.unameR, facts.unameA?.release, facts.hostnamectl?.kernel];
  const [named, other] = [...new Set(said.filter((text) => text !== undefined && text !== ''))];
  // The configuration is that of the running kernel, and its head names it: enough where nothing else does.
  const release = named ?? facts.bootConfig?.release ?? undefined;
  if (release === undefined) {
    return unknown(
      reason('not-run', 'no output names the running kernel'),
      'Give uname-r.txt (uname -r).',
    );
  }
  if (other !== undefined) {
    return unknown(
      reason('garbled', `the outputs name two running kernels, ${release} and ${other}`),
      'Give outputs of one node.',
    );
  }
  const version = parseKernelVersion(release);
  if (version === null) return unknown(reason('garbled', `"${release}" is not a kernel version`));
  const distribution = distributionOf(facts.osRelease, facts.hostnamectl);
  return {
    release,
    version,
    felix: felixVersion(release),
    distribution,
    isRedHat: isOfRedHat(release, distribution),
  };
}

/** True when the kernel is at least the minimum; Red Hat's exception is one for their 4.18 kernels alone. */
export function meets(
  { felix, isRedHat }: RunningKernel,
  { kernel, redHat }: KernelMinimum,
): boolean {
  if (compareKernelVersions(felix, kernel) >= 0) return true;
  const is418 = felix[0] === 4 && felix[1] === 18;
  return isRedHat && is418 && redHat !== undefined && compareKernelVersions(felix, redHat) >= 0;
}

/** Whether `runningKernel` gave a verdict instead of a kernel. */
export const isVerdict = (value: RunningKernel | Verdict): value is Verdict => 'status' in value;
