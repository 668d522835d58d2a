import { defineCheck, fail, pass, type Verdict } from '../../src/domain/check.js';
import { kernelState, type KernelState } from '../probes/kernel-state.js';
import { SECURITYFS } from '../requirements/bpf-features.js';
import { isAtLeast } from '../requirements/releases.js';
import { judgeFeature, unheard, wordsOf } from './feature.js';
import { kernelWitnesses, type KernelFacts } from './witnesses.js';

const PATH = '/sys/kernel/security';
const EXPECTED = `the directory ${PATH} (CONFIG_SECURITYFS), or a patch release before 3.31.7 and 3.32.2`;

function judge(facts: KernelFacts & { readonly kernelState?: KernelState }): Verdict {
  const seen = facts.kernelState?.places.get(PATH);
  if (seen === true) return pass(`${PATH} is there`);
  if (seen === false) return fail(`${PATH} is not there`, EXPECTED);
  const state = judgeFeature(SECURITYFS, facts);
  if (state.state === 'silent') return unheard(SECURITYFS.name);
  return state.state === 'usable' ? pass(wordsOf(state)) : fail(wordsOf(state), EXPECTED);
}

/** Patch releases are not part of an intent, and only the newest of two releases mount the directory: so it is recommended. */
export const securityfs = defineCheck({
  id: 'kernel/securityfs',
  title: 'The kernel has /sys/kernel/security',
  why: 'From 3.31.7 and 3.32.2 on the manifest mounts /sys/kernel/security into calico-node. Where the kernel was built without securityfs the container does not start: "mkdir /sys/kernel/security: operation not permitted".',
  sources: [
    {
      page: 'calico#13681',
      url: 'https://github.com/projectcalico/calico/issues/13681',
      date: '2026-08-30',
      says: 'With 3.31.7 and 3.32.2 calico-node does not start on kernels without CONFIG_SECURITYFS.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  skip: ({ calico }) =>
    isAtLeast(calico, '3.31') ? null : `Calico before 3.31.7 does not mount ${PATH}`,
  rule: ({ calico }) =>
    isAtLeast(calico, '3.31')
      ? `${PATH} passes, and so does CONFIG_SECURITYFS=y where only the configuration speaks; without it a warning, because patch releases before 3.31.7 and 3.32.2 do without it.`
      : 'Calico before 3.31.7 does not mount it.',
  breaks: ['calico-node does not start with 3.31.7, 3.32.2 and later patch releases'],
  needs: {},
  witnesses: { ...kernelWitnesses, kernelState },
  judge: (facts) => judge(facts),
});
