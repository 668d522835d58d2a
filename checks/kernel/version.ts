import { defineCheck, fail, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import {
  compareKernelVersions,
  parseKernelVersion,
  type KernelVersion,
} from '../../src/domain/kernel-version.js';
import { reason } from '../../src/domain/reason.js';
import { distributionOf, standing, type Distribution } from '../platform/identify.js';
import { hostnamectl } from '../probes/hostnamectl.js';
import { osRelease } from '../probes/os-release.js';
import { unameA } from '../probes/uname-a.js';
import { unameR } from '../probes/uname-r.js';
import { nodeRequirements, OLDEST_KERNEL } from '../requirements/releases.js';
import { pageB, pageToday } from '../requirements/sources.js';

const dotted = (version: KernelVersion): string => version.join('.');

/** Between 3.10 and the page's kernel a listed distribution decides: RHEL 8, Ubuntu 20.04 and Debian 10 are older, and listed. */
function judge(
  release: string,
  version: KernelVersion,
  found: Distribution | null,
  intent: Intent,
): Verdict {
  const { kernel, distributions, source } = nodeRequirements(intent.calico);
  const expected = `${dotted(kernel)} or later (${source})`;
  if (compareKernelVersions(version, OLDEST_KERNEL) < 0) return fail(release, expected);
  if (compareKernelVersions(version, kernel) >= 0) return pass(release);
  const result = found === null ? null : standing(found, distributions);
  if (result?.state === 'listed') {
    return pass(`${release}, the kernel of a listed distribution (${result.as.name})`);
  }
  const whose =
    found === null
      ? 'of a distribution that is not known'
      : `of ${found.name}, which is not one of those listed`;
  return warn(
    `${release}, the kernel ${whose}`,
    `${expected}, or a listed distribution: ${distributions.map(({ name }) => name).join(', ')}`,
  );
}

/** The page contradicts itself (5.10, and distributions with 4.18, 4.19 and 5.4): either of both is enough. */
export const version = defineCheck({
  id: 'kernel/version',
  title: 'The kernel is new enough',
  why: 'Calico is developed and tested on these kernels. Below 3.10 parts that it cannot do without are missing.',
  sources: [
    pageToday('node-requirements', 'Linux kernel 5.10 or later, with the required dependencies.'),
    pageB('B3', 'node-requirements', 'Linux kernel 3.10 or later, with the required dependencies.'),
  ],
  severity: 'required',
  waivable: false,
  breaks: ['support by the documentation; below 3.10 everything'],
  needs: {},
  witnesses: { unameR, unameA, hostnamectl, osRelease },
  judge: (facts, { intent }) => {
    const said = [facts.unameR, facts.unameA?.release, facts.hostnamectl?.kernel];
    const [release, other] = [...new Set(said.filter((text) => text !== undefined && text !== ''))];
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
    const numbers = parseKernelVersion(release);
    if (numbers === null) return unknown(reason('garbled', `"${release}" is not a kernel version`));
    return judge(release, numbers, distributionOf(facts.osRelease, facts.hostnamectl), intent);
  },
});
