import { defineCheck, fail, pass, type Verdict } from '../../src/domain/check.js';
import { isAtLeast } from '../requirements/releases.js';
import type { Intent } from '../../src/domain/intent.js';
import { kernelState } from '../probes/kernel-state.js';
import { unlessEbpf } from './bpf-intent.js';

const LATER = '3.31.7 or 3.32.2 and later';

function judge(mode: string | null, { calico }: Intent): Verdict {
  if (mode === null) return pass('the kernel has no lockdown');
  if (mode !== 'confidentiality') return pass(`lockdown: ${mode}, which leaves eBPF alone`);
  return fail(
    'lockdown: confidentiality',
    isAtLeast(calico, '3.31')
      ? `integrity or none; with Calico ${LATER} eBPF runs, without its log`
      : 'integrity or none',
  );
}

/** Confidentiality forbids programs to read the kernel's memory, which those of older patch releases do. */
export const lockdown = defineCheck({
  id: 'kernel/lockdown',
  title: 'Kernel lockdown does not keep eBPF programs from loading',
  why: `In the mode confidentiality the kernel refuses the helpers with which eBPF programs write their log. Calico ${LATER} loads programs without them; older patch releases have only those that use them. The mode integrity, which Secure Boot usually brings, does no harm.`,
  sources: [
    {
      page: 'Felix, what it makes of lockdown',
      url: 'https://github.com/projectcalico/calico/blob/master/felix/bpf/lockdown.go',
      date: '2026-08-22',
      says: 'Felix reads /sys/kernel/security/lockdown; under confidentiality it loads programs that do not trace. A file that cannot be read counts as not locked.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  skip: unlessEbpf,
  rule: ({ calico }) =>
    `The mode in brackets of /sys/kernel/security/lockdown: none and integrity pass, and so does a kernel without the file; confidentiality is a warning${isAtLeast(calico, '3.31') ? ` (no harm but for the log with ${LATER})` : ''}.`,
  breaks: ['eBPF programs that write a log'],
  needs: { kernelState },
  judge: (facts, { intent }) => judge(facts.kernelState.lockdown, intent),
});
