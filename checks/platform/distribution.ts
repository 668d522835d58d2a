import { defineCheck, pass, unknown, warn } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { hostnamectl } from '../probes/hostnamectl.js';
import { osRelease } from '../probes/os-release.js';
import { nodeRequirements } from '../requirements/releases.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { distributionOf, standing, type Standing } from './identify.js';

const HOW: Readonly<Record<Standing['state'], (name: string) => string>> = {
  listed: (name) => `listed as ${name}`,
  newer: (name) => `newer than the listed ${name}`,
  older: (name) => `older than the listed ${name}`,
  'other-version': (name) => `${name} is listed, but this version cannot be compared`,
  derived: (name) => `not listed itself; it is derived from one that is (${name})`,
  unlisted: () => 'not listed',
};

/** The page calls its list "known to work", so that another distribution is a warning and no failure. */
export const distribution = defineCheck({
  id: 'platform/distribution',
  title: 'The distribution is one that Calico is known to work on',
  why: 'On the listed distributions the kernel and all that Calico needs of it are known to be there. On others it has to be looked at piece by piece, which the kernel checks do.',
  sources: [
    pageB(
      'B4',
      'node-requirements',
      'RHEL 7, CentOS 7, Flatcar Container Linux, Fedora CoreOS, Ubuntu 18.04 and Debian 8 have what is needed and are known to work.',
    ),
    pageToday(
      'node-requirements',
      'Ubuntu 20.04+, RHEL 8+, Debian 10+, Bottlerocket 1.47+ and Talos 1.6+ are known to work.',
    ),
  ],
  rule: ({ calico }) => {
    const { distributions, source } = nodeRequirements(calico);
    return distributions.length === 0
      ? 'The page of this release names no distributions.'
      : `One of ${distributions.map(({ name }) => name).join(', ')} passes (${source}); any other is a warning.`;
  },
  disagreement:
    'The lists of the pages changed with time: RHEL 7, CentOS 7, Ubuntu 18.04 and Debian 8 with CoreOS (3.25) or Flatcar and Fedora CoreOS (3.26 to 3.28, and page B of 3.29); since 2025-12-08 Ubuntu 20.04+, RHEL 8+, Debian 10+, Bottlerocket 1.47+ and Talos 1.6+ on the pages of 3.29 to 3.32. Each release is judged by its own list; Calico itself looks at no distribution with iptables.',
  severity: 'recommended',
  waivable: true,
  skip: ({ calico }) =>
    nodeRequirements(calico).distributions.length === 0
      ? `the requirements of Calico ${calico} name no distributions`
      : null,
  breaks: ['nothing by itself: the kernel checks tell what is really there'],
  needs: {},
  witnesses: { osRelease, hostnamectl },
  judge: ({ osRelease: release, hostnamectl: control }, { intent }) => {
    const found = distributionOf(release, control);
    if (found === null) {
      return unknown(
        reason('garbled', 'hostnamectl names no operating system'),
        'Give os-release.txt (cat /etc/os-release).',
      );
    }
    const { distributions, source } = nodeRequirements(intent.calico);
    const result = standing(found, distributions);
    const how = HOW[result.state](result.state === 'unlisted' ? '' : result.as.name);
    const words = `${found.name}: ${how}`;
    return result.state === 'listed'
      ? pass(words)
      : warn(words, `one of ${distributions.map(({ name }) => name).join(', ')} (${source})`);
  },
});
