import {
  defineCheck,
  fail,
  pass,
  unknown,
  warn,
  type Verdict,
  type WitnessFacts,
} from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { machinesOf } from '../platform/machines.js';
import { hostnamectl } from '../probes/hostnamectl.js';
import { unameA } from '../probes/uname-a.js';
import {
  BPF_REQUIRED,
  BPF_USUAL,
  bpfArchitectures,
  bpfConflicts,
} from '../requirements/bpf-features.js';
import { EBPF_PAGE } from '../requirements/dataplane-kernels.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { unlessEbpf } from './bpf-intent.js';
import { judgeFeature, lostInCut, TO_KNOW, wordsOf } from './feature.js';
import { kernelWitnesses, type KernelFacts } from './witnesses.js';

type Facts = KernelFacts & WitnessFacts<{ unameA: typeof unameA; hostnamectl: typeof hostnamectl }>;

/** What speaks against eBPF before the kernel is looked into: the intent's own conflicts, and the processor. */
function conflict(facts: Facts, intent: Intent): Verdict | null {
  const conflicts = bpfConflicts(intent);
  if (conflicts.length > 0) {
    return fail(
      `the intent asks for what the eBPF data plane has not: ${conflicts.join(', ')}`,
      'an intent without it, or another data plane',
    );
  }
  const [machine, other] = machinesOf(facts.unameA, facts.hostnamectl);
  const fit = bpfArchitectures(intent.calico);
  return machine === undefined || other !== undefined || fit.includes(machine)
    ? null
    : fail(`the processor is ${machine}`, `one of ${fit.join(', ')} (Calico ${intent.calico})`);
}

function judge(facts: Facts, intent: Intent): Verdict {
  const against = conflict(facts, intent);
  if (against !== null) return against;
  const required = BPF_REQUIRED.map((feature) => judgeFeature(feature, facts));
  const missing = required.filter(({ state }) => state === 'missing');
  if (missing.length > 0) {
    return fail(
      missing.map(wordsOf).join('; '),
      `${BPF_REQUIRED.map(({ name }) => name).join(', ')}: built into the kernel or loadable`,
    );
  }
  const torn = required.filter(({ state }) => state === 'torn');
  if (torn.length > 0) {
    return warn(`witnesses disagree on ${torn.map(wordsOf).join('; ')}`, 'witnesses that agree');
  }
  const silent = required.filter(({ state }) => state === 'silent');
  if (silent.length > 0) {
    const names = silent.map(({ feature }) => feature.name).join(', ');
    return unknown(
      reason('not-run', `none of the outputs at hand tells whether the kernel has ${names}`),
      TO_KNOW,
    );
  }
  const usual = BPF_USUAL.map((feature) => judgeFeature(feature, facts));
  const lacking = usual.filter(({ state }) => state === 'missing');
  return lacking.length > 0
    ? warn(
        `the required parts are there; ${lacking.map(wordsOf).join('; ')}`,
        'these too are usual for eBPF (unverified: no page of Calico lists them)',
      )
    : (lostInCut(usual, facts) ?? pass(required.map(wordsOf).join('; ')));
}

/** Page B asks for "eBPF including the tc hook support" and no page lists symbols. */
export const ebpf = defineCheck({
  id: 'kernel/ebpf',
  title: 'The kernel can run the eBPF data plane',
  why: 'Felix loads its programs with bpf(2) and hangs them on the tc ingress hook of every device and on a cgroup. Without one of them the eBPF data plane does not come up, and with kube-proxy removed no service is reachable.',
  sources: [
    pageB(
      'B24',
      'kernel-dependencies',
      'eBPF, including support of the tc hook, for the eBPF data plane.',
    ),
    pageToday(
      'kernel-dependencies',
      'eBPF, including support of the tc hook, for the eBPF data plane.',
    ),
    EBPF_PAGE,
  ],
  severity: 'required',
  waivable: true,
  skip: unlessEbpf,
  rule: ({ calico }) =>
    `The processor must be one of ${bpfArchitectures(calico).join(', ')}, and the intent may ask for nothing that the eBPF data plane has not (etcd, SCTP, IPIP with IPv6). These must be there, a missing one fails: ${BPF_REQUIRED.map(({ name }) => name).join(', ')}. Of these a missing one is a warning: ${BPF_USUAL.map(({ name }) => name).join(', ')}, because no page of Calico asks for it (unverified). The kernel's version is judged by kernel/dataplane-version.`,
  disagreement:
    'No page lists the symbols of the kernel that eBPF needs: page B and the text of today name eBPF, the tc hook and XDP. What Felix does at its start decides; the rest of the usual lists only warns.',
  breaks: ['the eBPF data plane, and every service once kube-proxy is removed'],
  alternatives: () => ['dataplane: iptables', 'dataplane: nftables'],
  needs: {},
  witnesses: { ...kernelWitnesses, unameA, hostnamectl },
  judge: (facts, { intent }) => judge(facts, intent),
});
