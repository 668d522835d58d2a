import { defineCheck, fail, pass, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import {
  modprobeIp6Tables,
  modprobeIpTables,
  modprobeNfTables,
  modprobeNftCompat,
} from '../probes/modprobe-n.js';
import {
  LEGACY_IPV4,
  LEGACY_IPV6,
  NFT_COMPAT,
  NFT_IPV4,
  NFT_IPV6,
  NFT_NAT,
  NF_TABLES,
  type KernelFeature,
} from '../requirements/kernel-features.js';
import { isAtLeast } from '../requirements/releases.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { counts, judgeFeature, unheard, wordsOf, type FeatureState } from './feature.js';
import { namesOf } from './feature-list.js';
import { iptablesWitnesses, type KernelFacts } from './witnesses.js';

type Variant = { readonly name: string; readonly features: readonly KernelFeature[] };

/** The ways in which the kernel can serve this intent; one of them suffices. */
function variantsFor({ dataplane, ipFamilies }: Intent): readonly Variant[] {
  const ipv4 = ipFamilies.includes('ipv4');
  const ipv6 = ipFamilies.includes('ipv6');
  const families = [...(ipv4 ? [NFT_IPV4] : []), ...(ipv6 ? [NFT_IPV6] : [])];
  if (dataplane === 'nftables') {
    return [{ name: 'nftables', features: [NF_TABLES, ...families, NFT_NAT] }];
  }
  return [
    {
      name: 'legacy iptables',
      features: [...(ipv4 ? LEGACY_IPV4 : []), ...(ipv6 ? LEGACY_IPV6 : [])],
    },
    { name: 'iptables over nf_tables', features: [NF_TABLES, NFT_COMPAT, ...families] },
  ];
}

type Weighed = {
  readonly variant: Variant;
  readonly state: FeatureState['state'];
  readonly words: string;
};

/** A variant is as good as its worst part. */
function weighVariant(variant: Variant, facts: KernelFacts): Weighed {
  const states = variant.features
    .map((feature) => judgeFeature(feature, facts))
    .filter((state) => counts(state, facts));
  for (const state of ['missing', 'silent', 'torn'] as const) {
    const items = states.filter((item) => item.state === state);
    if (items.length > 0) return { variant, state, words: items.map(wordsOf).join('; ') };
  }
  const alone = states.every(({ byConfigurationAlone }) => byConfigurationAlone === true);
  const names = states.map(({ feature }) => feature.name).join(', ');
  const first = states[0] === undefined ? '' : ` (${states[0].how})`;
  const words = `${names} are there${alone ? ' by its configuration alone' : ''}${first}`;
  return { variant, state: 'usable', words };
}

function weigh(weighed: readonly Weighed[]): Verdict {
  const names = weighed.map(({ variant }) => variant.name).join(', or ');
  const expected = `the base modules of ${names}, built into the kernel or loadable`;
  const of = (state: FeatureState['state']) => weighed.filter((item) => item.state === state);
  const words = (items: readonly Weighed[]) =>
    items.map((item) => `${item.variant.name}: ${item.words}`).join('. ');
  if (of('usable').length > 0) return pass(words(of('usable')));
  if (of('torn').length > 0) return warn(`witnesses disagree. ${words(of('torn'))}`, expected);
  if (of('silent').length > 0) return unheard(`the base modules of ${names}`);
  return fail(words(weighed), expected);
}

const SAYS =
  'The iptables base modules, legacy or nft, and their IPv6 versions when the cluster uses IPv6.';

/** The tables that everything else hangs on. */
export const iptablesBase = defineCheck({
  id: 'kernel/iptables-base',
  title: 'The kernel has the base modules of iptables or nftables',
  why: 'Felix writes policy, NAT and host protection into the filter, nat, mangle and raw tables. Without them it programs nothing, and pods stay without policy or without network.',
  sources: [
    pageB('B19', 'kernel-dependencies', SAYS),
    pageToday('kernel-dependencies', SAYS),
    {
      page: 'Calico nftables data plane',
      url: 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/nftables',
      date: '2025-12-08',
      says: 'With dataplane: nftables Felix uses nf_tables itself.',
    },
  ],
  severity: 'required',
  rule: (intent) =>
    `It passes when one of these is complete: ${variantsFor(intent)
      .map(({ name, features }) => `${name} (${namesOf(features)})`)
      .join(
        ', or ',
      )}. When none is, it fails; where the best of them has witnesses that contradict each other, it warns.`,
  disagreement:
    'calicoctl node checksystem (read 2026-08) demands ip_tables and ip6_tables, the legacy variant, on every node; the page supports both variants, and kernels from 6.17 on are built without the legacy one unless asked. The page judges: either variant is enough.',
  waivable: true,
  breaks: ['network policy', 'services and outgoing NAT', 'protection of host endpoints'],
  alternatives: (intent) => {
    if (intent.dataplane === 'nftables') return ['dataplane: iptables'];
    return isAtLeast(intent.calico, '3.29') && intent.dataplane === 'iptables'
      ? ['dataplane: nftables (where nf_tables is there and only nft_compat is missing)']
      : [];
  },
  needs: {},
  witnesses: {
    ...iptablesWitnesses,
    modprobeIpTables,
    modprobeIp6Tables,
    modprobeNfTables,
    modprobeNftCompat,
  },
  judge: (facts, { intent }) => {
    const { modprobeIpTables: v4, modprobeIp6Tables: v6 } = facts;
    const all = { ...facts, pasted: [v4, v6, facts.modprobeNfTables, facts.modprobeNftCompat] };
    return weigh(variantsFor(intent).map((variant) => weighVariant(variant, all)));
  },
});
