import { defineCheck, fail, pass, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { compareKernelVersions, type KernelVersion } from '../../src/domain/kernel-version.js';
import { standing, type Distribution } from '../platform/identify.js';
import { nodeRequirements, OLDEST_KERNEL } from '../requirements/releases.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { isVerdict, releaseWitnesses, runningKernel } from './running-kernel.js';

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
  rule: ({ calico }) => {
    const { kernel, distributions, source } = nodeRequirements(calico);
    const listed = distributions.map(({ name }) => name).join(', ');
    const passes = `${dotted(kernel)} or later passes (${source})`;
    const fails = `below ${dotted(OLDEST_KERNEL)} it fails`;
    return compareKernelVersions(kernel, OLDEST_KERNEL) <= 0 || listed === ''
      ? `${passes}; ${fails}.`
      : `${passes}, and so does an older kernel of a listed distribution (${listed}); another one from ${dotted(OLDEST_KERNEL)} on is a warning; ${fails}.`;
  },
  disagreement:
    'Until December 2025 the requirements pages said 3.10 or later; since 2025-12-08 those of 3.29 to 3.32 say 5.10 or later, and beside it they list RHEL 8 (4.18), Ubuntu 20.04 (5.4) and Debian 10 (4.19) as known to work. Felix refuses no kernel with iptables; it assumes 3.10 where it cannot read the version. calicoctl node checksystem asks for 2.6.24. Either of the two statements of the page suffices here: the kernel or the distribution. By Calico 3.25 to 3.28, and by page B as it was written, 3.10 judges.',
  breaks: ['support by the documentation; below 3.10 everything'],
  needs: {},
  witnesses: releaseWitnesses,
  judge: (facts, { intent }) => {
    const kernel = runningKernel(facts);
    return isVerdict(kernel)
      ? kernel
      : judge(kernel.release, kernel.version, kernel.distribution, intent);
  },
});
