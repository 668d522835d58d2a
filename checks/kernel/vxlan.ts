import { defineCheck } from '../../src/domain/check.js';
import { usesVxlan } from '../../src/domain/intent.js';
import { modprobeVxlan } from '../probes/modprobe-n.js';
import { VXLAN } from '../requirements/kernel-features.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { judgeFeature, verdictOn } from './feature.js';
import { kernelWitnesses } from './witnesses.js';

const RULE =
  'It passes when the module vxlan is loaded, built in or loadable. Missing, blacklisted or replaced by an install rule it fails; where witnesses contradict each other it warns.';

/** VXLAN carries pod traffic under a vxlan encapsulation and flannel, and node ports under eBPF. */
export const vxlan = defineCheck({
  id: 'kernel/vxlan',
  title: 'The kernel can do VXLAN',
  why: 'Felix or flannel creates a VXLAN device that carries pod traffic between nodes, and the eBPF data plane carries node ports over one. Without the vxlan module there is no such device.',
  sources: [
    pageB('B23', 'kernel-dependencies', 'VXLAN support when Calico networking uses that mode.'),
    pageToday('kernel-dependencies', 'VXLAN support when Calico networking uses that mode.'),
  ],
  severity: 'required',
  rule: () => RULE,
  waivable: true,
  skip: (intent) =>
    usesVxlan(intent)
      ? null
      : `the intent (encapsulation: ${intent.encapsulation}, dataplane: ${intent.dataplane}) uses no VXLAN`,
  breaks: ['VXLAN encapsulation, flannel networking, and node ports under eBPF'],
  alternatives: (intent) =>
    intent.encapsulation.startsWith('vxlan') && intent.network === 'calico'
      ? [
          `encapsulation: ${intent.encapsulation.replace('vxlan', 'ipip')}, bgp: true`,
          'encapsulation: none, bgp: true (where the network routes pod addresses)',
        ]
      : [],
  needs: {},
  witnesses: { ...kernelWitnesses, modprobeVxlan },
  judge: (facts) => verdictOn(judgeFeature(VXLAN, { ...facts, pasted: [facts.modprobeVxlan] })),
});
