import { defineCheck, fail, notApplicable, pass, unknown } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import { distributionOf, type Distribution } from '../platform/identify.js';
import { hostnamectl } from '../probes/hostnamectl.js';
import { osRelease } from '../probes/os-release.js';
import type { KernelFeature } from '../requirements/kernel-feature.js';
import { judgeAll, namesOf } from './feature-list.js';
import { TO_KNOW } from './feature.js';
import { featuresFor } from './needed-features.js';
import { iptablesWitnesses, releaseOf, wasAskedFor, type KernelFacts } from './witnesses.js';

const RED_HAT = ['rhel', 'centos', 'rocky', 'almalinux', 'ol'];
const RELEASE = /^[\w.+~-]{1,100}$/;

type Extra = { readonly name: string; readonly install: string; readonly remove: string };

/** The package in which the distribution keeps what is not in the kernel's own; null for other distributions. */
function packageOf({ id }: Distribution, release: string): Extra | null {
  if (!RELEASE.test(release)) return null;
  if (id === 'ubuntu') {
    const name = `linux-modules-extra-${release}`;
    return {
      name,
      install: `/usr/bin/apt-get install -y ${name}`,
      remove: `/usr/bin/apt-get remove -y ${name}`,
    };
  }
  if (!RED_HAT.includes(id)) return null;
  const name = `kernel${release.includes('uek') ? '-uek' : ''}-modules-extra-${release}`;
  return {
    name,
    install: `/usr/bin/dnf install -y ${name}`,
    remove: `/usr/bin/dnf remove -y ${name}`,
  };
}

const isSplit = ({ id }: Distribution): boolean => id === 'ubuntu' || RED_HAT.includes(id);

const fixOf = ({ name, install, remove }: Extra): Fix => ({
  way: 'install',
  summary: `Install ${name}, which holds the modules that are missing.`,
  kind: 'safe',
  loses: [],
  files: [],
  units: [],
  commands: [install],
  undoCommands: [remove],
  disturbsNetwork: false,
  needsReboot: false,
  byHandOnly: true,
  byHand: `Run as root: ${install}. It must be of the release that runs; where it is not offered any more, update the kernel with it and restart.`,
});

/** Distributions that keep modules of the kernel in a package that minimal and cloud images lack. */
export const modulesExtra = defineCheck({
  id: 'kernel/modules-extra',
  title: 'The modules that the distribution keeps in a package of their own are installed',
  why: 'Minimal and cloud images of RHEL and its relatives (above all release 10) and of Ubuntu come without the package that holds ip_set, nft_compat, xt_comment, xt_addrtype and others. Felix then reports that the kernel refuses its sets and rules.',
  sources: [
    {
      page: 'RKE2 requirements',
      url: 'https://docs.rke2.io/install/requirements',
      date: '2026-08-20',
      says: 'RHEL 10 and its relatives need kernel-modules-extra.',
    },
    {
      page: 'canonical/microk8s#2680',
      url: 'https://github.com/canonical/microk8s/issues/2680',
      date: '2026-08-22',
      says: 'Ubuntu 21.10 to 23.10 for the Raspberry Pi keep vxlan in linux-modules-extra-raspi.',
    },
    {
      page: 'kubernetes/kops#18724',
      url: 'https://github.com/kubernetes/kops/pull/18724',
      date: '2026-08-22',
      says: 'Kernel 6.12.0-211.34.1 of RHEL 10.2 moved nft_compat and xt_CT to kernel-modules-extra.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    'On RHEL, CentOS, Rocky, Alma, Oracle Linux and Ubuntu it warns when a module that the intent needs is configured, but not installed for the running kernel, and names the package. The configuration alone cannot tell which package a module is in.',
  breaks: ['whatever the missing modules are for; the other kernel/* checks name it'],
  alternatives: ({ dataplane }) =>
    dataplane === 'iptables'
      ? ['dataplane: nftables (where only x_tables modules are missing)']
      : [],
  needs: {},
  witnesses: { ...iptablesWitnesses, osRelease, hostnamectl },
  judge: (facts, { intent }) => {
    const distribution = distributionOf(facts.osRelease, facts.hostnamectl);
    if (distribution === null) {
      return unknown(
        reason('not-run', 'nobody names the distribution'),
        'Give os-release.txt (cat /etc/os-release).',
      );
    }
    if (!isSplit(distribution)) {
      return notApplicable(
        `${distribution.name} is not known to keep such modules in a package apart`,
      );
    }
    const { modulesDep: dep } = facts;
    if (dep?.there === false) {
      return unknown(
        reason(
          'not-run',
          'no modules are installed for the running kernel; see kernel/reboot-pending',
        ),
      );
    }
    const states = judgeAll(featuresFor(intent), facts);
    const lacking = states.missing.filter(
      ({ feature }) =>
        feature.modules.length > 0 && isConfigured(feature.symbols, facts.bootConfig),
    );
    if (lacking.length > 0) {
      const extra = packageOf(distribution, releaseOf(facts) ?? '');
      return fail(
        `configured, but not installed: ${namesOf(lacking.map(({ feature }) => feature))}`,
        `${extra?.name ?? 'the package of extra modules for the running kernel'} is installed`,
      );
    }
    if (dep === undefined) {
      return unknown(
        reason('not-run', 'the list of installed modules is not at hand'),
        'Give modules-dep.txt (cat /lib/modules/$(uname -r)/modules.dep), or audit the node itself.',
      );
    }
    const unseen = namesOf(notLookedFor(states, facts));
    return unseen === ''
      ? pass('every module that is configured and needed is installed')
      : unknown(reason('truncated', `the outputs at hand do not tell of ${unseen}`), TO_KNOW);
  },
  fixes: (facts) => {
    const distribution = distributionOf(facts.osRelease, facts.hostnamectl);
    const extra = distribution === null ? null : packageOf(distribution, releaseOf(facts) ?? '');
    return extra === null ? [] : [fixOf(extra)];
  },
  example: {
    osRelease: {
      id: 'rhel',
      idLike: ['fedora'],
      versionId: '10.2',
      variantId: '',
      prettyName: 'Red Hat Enterprise Linux 10.2',
    },
    unameR: '6.12.0-211.34.1.el10_2.x86_64',
    modulesDep: { place: '', there: true, modules: new Set(['nf_tables']), asked: null },
    modulesBuiltin: { place: '', there: true, modules: new Set<string>(), asked: null },
  },
});

/** What a part of a configuration, or a list of modules that was not made for them, says nothing of. */
function notLookedFor(
  { missing, silent, usable }: ReturnType<typeof judgeAll>,
  { bootConfig: config, modulesDep: dep }: KernelFacts,
): readonly KernelFeature[] {
  const lost = [...missing, ...silent].filter(
    ({ feature }) =>
      config?.whole === false && !feature.symbols.some((name) => config.symbols.has(name)),
  );
  const unasked = usable.filter(
    ({ feature, byConfigurationAlone }) =>
      byConfigurationAlone === true &&
      dep !== undefined &&
      !wasAskedFor(feature, dep) &&
      isConfigured(feature.symbols, config),
  );
  return [...lost, ...unasked].map(({ feature }) => feature);
}

/** It was built as a module, or nobody knows how it was built. */
function isConfigured(
  symbols: readonly string[],
  config: { readonly symbols: ReadonlyMap<string, 'y' | 'm' | 'n'> } | undefined,
): boolean {
  const symbol = symbols.find((name) => config?.symbols.has(name));
  return symbol === undefined ? config === undefined : config?.symbols.get(symbol) === 'm';
}
