import { defineCheck } from '../../src/domain/check.js';
import { usesIpip } from '../../src/domain/intent.js';
import { modprobeIpip } from '../probes/modprobe-n.js';
import { IPIP } from '../requirements/kernel-features.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { judgeFeature, verdictOn } from './feature.js';
import { kernelWitnesses } from './witnesses.js';

const RULE =
  'It passes when the module ipip is loaded, built in or loadable, or the device tunl0 is there. Missing, blacklisted or replaced by an install rule it fails; where witnesses contradict each other it warns.';

/** IP-in-IP carries pod traffic between nodes under the default encapsulation of manifest installs. */
export const ipip = defineCheck({
  id: 'kernel/ipip',
  title: 'The kernel can do IP-in-IP',
  why: 'With an IP-in-IP pool Felix creates the device tunl0. Without the ipip module it cannot, and pods on different nodes do not reach each other.',
  sources: [
    pageB('B23', 'kernel-dependencies', 'IPIP support when Calico networking uses that mode.'),
    pageToday('kernel-dependencies', 'IPIP support when Calico networking uses that mode.'),
  ],
  disagreement:
    'Which installs use it, the texts say differently: the requirements page (2024-10-29) calls IP-in-IP one of the modes, the manifest calico.yaml sets CALICO_IPV4POOL_IPIP=Always, the sample custom-resources.yaml of the operator says VXLANCrossSubnet, and the operator makes a pool without an encapsulation IPIP (all read 2026-08-21 and 22). The encapsulation of the intent judges.',
  severity: 'required',
  rule: () => RULE,
  waivable: true,
  skip: (intent) =>
    usesIpip(intent)
      ? null
      : `the intent (encapsulation: ${intent.encapsulation}) uses no IP-in-IP`,
  breaks: ['IP-in-IP encapsulation, and with it pod traffic between nodes'],
  alternatives: (intent) => [
    intent.encapsulation === 'ipip-cross-subnet'
      ? 'encapsulation: vxlan-cross-subnet'
      : 'encapsulation: vxlan',
    ...(intent.bgp ? ['encapsulation: none (where the network routes pod addresses)'] : []),
  ],
  needs: {},
  witnesses: { ...kernelWitnesses, modprobeIpip },
  judge: (facts) => verdictOn(judgeFeature(IPIP, { ...facts, pasted: [facts.modprobeIpip] })),
});
