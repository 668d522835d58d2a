import { defineCheck, pass, warn, type Verdict } from '../../src/domain/check.js';
import { kernelState, type KernelState } from '../probes/kernel-state.js';
import { BTF } from '../requirements/bpf-features.js';
import { EBPF_PAGE } from '../requirements/dataplane-kernels.js';
import { unlessEbpf } from './bpf-intent.js';
import { judgeFeature, unheard, wordsOf } from './feature.js';
import { kernelWitnesses, type KernelFacts } from './witnesses.js';

const PATH = '/sys/kernel/btf/vmlinux';
const EXPECTED = `${PATH}, which a kernel built with CONFIG_DEBUG_INFO_BTF shows`;

/** The running kernel itself is believed first: Felix looks for exactly this file. */
function judge(facts: KernelFacts & { readonly kernelState?: KernelState }): Verdict {
  const seen = facts.kernelState?.places.get(PATH);
  if (seen === true) return pass(`${PATH} is there`);
  if (seen === false) return warn(`${PATH} is not there`, EXPECTED);
  const state = judgeFeature(BTF, facts);
  switch (state.state) {
    case 'usable':
      return pass(wordsOf(state));
    case 'torn':
    case 'missing':
      return warn(wordsOf(state), EXPECTED);
    case 'silent':
      return unheard(BTF.name);
  }
}

/** Felix looks for one file; up to 3.32 it has programs for kernels without it. */
export const btf = defineCheck({
  id: 'kernel/btf',
  title: 'The kernel carries its type information (BTF) for eBPF',
  why: `With ${PATH} Felix loads programs that fit any kernel. Without it releases up to 3.32 fall back to programs with fewer features, and newer ones do not start the eBPF data plane.`,
  sources: [
    {
      page: 'Felix, the test for BTF',
      url: 'https://github.com/projectcalico/calico/blob/master/felix/bpf/bpf.go',
      date: '2026-08-22',
      says: 'SupportsBTF looks for /sys/kernel/btf/vmlinux; the programs for kernels without it are gone after 3.32 (commit 9b8d3d1ba7).',
    },
    EBPF_PAGE,
  ],
  severity: 'recommended',
  waivable: true,
  skip: unlessEbpf,
  rule: () =>
    `${PATH} passes, and so does CONFIG_DEBUG_INFO_BTF=y where only the configuration speaks. Without it: a warning, up to 3.32.`,
  disagreement:
    'No page mentions BTF. The code of 3.27 to 3.32 prefers it and falls back without it; the branch of 3.33 cannot do without it. Up to 3.32, which is the newest release judged here, it is a warning.',
  breaks: ['features of eBPF that need programs fitted to the kernel; from 3.33 on all of eBPF'],
  alternatives: () => ['dataplane: iptables', 'dataplane: nftables'],
  needs: {},
  witnesses: { ...kernelWitnesses, kernelState },
  judge: (facts) => judge(facts),
});
