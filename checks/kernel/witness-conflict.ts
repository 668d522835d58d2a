import { defineCheck, fail, pass, unknown } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import {
  modprobeActions,
  modprobeConntrack,
  modprobeIp6Tables,
  modprobeIpip,
  modprobeIpSet,
  modprobeIpTables,
  modprobeIpVs,
  modprobeMatches,
  modprobeNfTables,
  modprobeNftCompat,
  modprobeProtoSctp,
  modprobeVxlan,
  modprobeWireguard,
} from '../probes/modprobe-n.js';
import { judgeFeature, TO_KNOW, wordsOf } from './feature.js';
import { featuresFor } from './needed-features.js';
import { iptablesWitnesses, pastedOf } from './witnesses.js';

const PASTED = {
  ...modprobeMatches,
  ...modprobeActions,
  modprobeConntrack,
  modprobeIp6Tables,
  modprobeIpip,
  modprobeIpSet,
  modprobeIpTables,
  modprobeIpVs,
  modprobeNfTables,
  modprobeNftCompat,
  modprobeProtoSctp,
  modprobeVxlan,
  modprobeWireguard,
} as const;
const MOST = 8;

/** All that can speak of the kernel is asked, so that one wrong witness is seen beside the others. */
export const witnessConflict = defineCheck({
  id: 'kernel/witness-conflict',
  title: 'All witnesses agree on what the kernel has',
  why: 'What a kernel can do is read from its configuration, the lists of modules, what is loaded and what modprobe would load. Where they contradict each other one of them is of another kernel or wrong, and no verdict that rests on it can be trusted.',
  sources: [
    {
      page: 'calicoctl, node checksystem',
      url: 'https://github.com/projectcalico/calico/blob/master/calicoctl/calicoctl/commands/node/checksystem.go',
      date: '2026-08-22',
      says: 'Takes the first place that names a module and asks no other; projectcalico/calico#4288 was its false answers, mended by #13282 in no release yet.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    'It warns when, for any feature that the intent needs, one witness says what another one excludes: loaded but not configured, built in but not in the list of what is built in, listed but not found by modprobe, and the like. That a witness is missing is no contradiction.',
  breaks: ['the verdicts of the kernel/* checks that it names'],
  needs: {},
  witnesses: { ...iptablesWitnesses, ...PASTED },
  judge: (facts, { intent }) => {
    const all = { ...facts, pasted: pastedOf(PASTED, facts) };
    const states = featuresFor(intent).map((feature) => judgeFeature(feature, all));
    const heard = states.filter(({ state }) => state !== 'silent');
    const torn = states.filter(({ state, fading }) => state === 'torn' && fading !== true);
    if (heard.length === 0) {
      return unknown(
        reason('not-run', 'none of the outputs at hand speaks of a feature of the kernel'),
        TO_KNOW,
      );
    }
    if (torn.length === 0) {
      return pass(`no contradiction among the witnesses of ${String(heard.length)} features`);
    }
    const more = torn.length > MOST ? `; and ${String(torn.length - MOST)} more` : '';
    return fail(
      `${torn.slice(0, MOST).map(wordsOf).join('; ')}${more}`,
      'witnesses of the running kernel that agree',
    );
  },
});
