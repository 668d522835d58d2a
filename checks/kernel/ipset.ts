import { defineCheck, fail, pass, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { modprobeIpSet, modprobeXtSet } from '../probes/modprobe-n.js';
import { IP_SET, SET_TYPES, XT_SET, type KernelFeature } from '../requirements/kernel-features.js';
import { pageB, pageToday } from '../requirements/sources.js';
import {
  judgeFeature,
  lostInCut,
  tornWords,
  unheard,
  wordsOf,
  type FeatureState,
} from './feature.js';
import { needsIpSets } from './needed-features.js';
import { iptablesWitnesses, type KernelFacts } from './witnesses.js';

const EXPECTED = 'IP sets, the iptables match "set" and the set types that Felix creates';

/** Felix under nftables uses nftables' own sets; from 3.31 it still lists IP sets, to clean up, and panics without them. */
const deciding = (intent: Intent): readonly KernelFeature[] =>
  intent.dataplane === 'nftables' ? [IP_SET] : [IP_SET, XT_SET];

function weigh(
  states: readonly FeatureState[],
  types: readonly FeatureState[],
  facts: KernelFacts,
): Verdict {
  const of = (state: FeatureState['state']) => states.filter((item) => item.state === state);
  const words = (items: readonly FeatureState[]) => items.map(wordsOf).join('; ');
  if (of('missing').length > 0) return fail(words(of('missing')), EXPECTED);
  if (of('silent').length > 0) {
    return unheard(
      of('silent')
        .map(({ feature }) => feature.name)
        .join(' and '),
    );
  }
  if (of('torn').length > 0) return warn(tornWords(of('torn')), EXPECTED);
  const lacking = types.filter(({ state }) => state === 'missing' || state === 'torn');
  return lacking.length > 0
    ? warn(`${words(states)}; set types that are not there: ${words(lacking)}`, EXPECTED)
    : (lostInCut(types, facts) ?? pass(words(states)));
}

/** IP sets hold the addresses that policy rules match. */
export const ipset = defineCheck({
  id: 'kernel/ipset',
  title: 'The kernel has IP sets and iptables can match them',
  why: 'Felix keeps the addresses of pods and pools in IP sets, and its rules match them with "-m set". When it cannot make them it gives up after some attempts and restarts without end.',
  sources: [
    pageB('B20', 'kernel-dependencies', 'IP sets support.'),
    pageB('B19', 'kernel-dependencies', 'The iptables match "set".'),
    pageToday('kernel-dependencies', 'IP sets support.'),
  ],
  severity: 'required',
  rule: (intent) =>
    intent.dataplane === 'nftables'
      ? `Calico ${intent.calico} under nftables needs ip_set alone: loaded, built in or loadable it passes, missing it fails.`
      : 'It passes when ip_set, xt_set and the five set types of Felix are loaded, built in or loadable. ip_set or xt_set missing fails, a set type missing warns.',
  disagreement:
    'The page asks for IP sets in general. Under dataplane: nftables Felix has sets of its own; up to 3.30 it does not touch IP sets, from 3.31 on it lists them to clean up and panics where ip_set is missing (felix/dataplane/linux/int_dataplane.go, cleanupIPSets, read 2026-08; kubernetes/kops#18478). The code judges. calicoctl node checksystem also demands ipt_set, a module that Linux does not have, by CONFIG_NET_EMATCH_IPSET, which is of another part.',
  waivable: true,
  skip: (intent) =>
    !needsIpSets(intent)
      ? `Calico ${intent.calico} uses no IP sets under dataplane: nftables`
      : null,
  breaks: ['network policy and outgoing NAT: Felix does not start'],
  needs: {},
  witnesses: { ...iptablesWitnesses, modprobeIpSet, modprobeXtSet },
  judge: (facts, { intent }) => {
    const all = { ...facts, pasted: [facts.modprobeIpSet, facts.modprobeXtSet] };
    const types = intent.dataplane === 'nftables' ? [] : SET_TYPES;
    return weigh(
      deciding(intent).map((feature) => judgeFeature(feature, all)),
      types.map((feature) => judgeFeature(feature, all)),
      all,
    );
  },
});
