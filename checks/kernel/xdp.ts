import { defineCheck, fail, pass, type Verdict } from '../../src/domain/check.js';
import { machinesOf } from '../platform/machines.js';
import { XDP_KERNEL } from '../requirements/dataplane-kernels.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { unlessEbpf } from './bpf-intent.js';
import { isVerdict, meets, releaseWitnesses, runningKernel } from './running-kernel.js';

/** s390x stores the highest byte first; the XDP programs of Felix are for the other order. */
const BIG_ENDIAN: readonly string[] = ['s390x', 's390', 'ppc64', 'ppc', 'sparc64', 'aarch64_be'];

function judge(release: string, isNewEnough: boolean, machine: string | undefined): Verdict {
  const expected = `Linux ${XDP_KERNEL.words} on a little-endian processor`;
  if (machine !== undefined && BIG_ENDIAN.includes(machine)) {
    return fail(`${machine} is big-endian`, expected);
  }
  return isNewEnough
    ? pass(`${release}: XDP can be used where the network driver has it, else its generic form`)
    : fail(release, expected);
}

/** Needed for the acceleration of untracked policies alone; Felix switches it off by itself. */
export const xdp = defineCheck({
  id: 'kernel/xdp',
  title: 'The kernel can run XDP programs',
  why: 'With XDP, policies for host endpoints that do not track connections drop packets before the kernel spends time on them. Without it Felix enforces the same policies later, at a higher price.',
  sources: [
    pageB('B24', 'kernel-dependencies', 'XDP, for the eBPF data plane.'),
    pageToday('kernel-dependencies', 'XDP, for the eBPF data plane.'),
    {
      page: 'Felix, the test for XDP',
      url: 'https://github.com/projectcalico/calico/blob/master/felix/bpf/bpf.go',
      date: '2026-08-22',
      says: 'SupportsXDP: Linux 4.16 or later, little-endian; otherwise XDP is disabled.',
    },
    {
      page: 'calico#8833',
      url: 'https://github.com/projectcalico/calico/issues/8833',
      date: '2026-08-22',
      says: 'On Ubuntu 20.04 with 5.4, releases after 3.27.2 fail to load the XDP object; kernel 5.15, or xdpEnabled: false, helps.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  skip: unlessEbpf,
  rule: () =>
    `Linux ${XDP_KERNEL.words} on a little-endian processor passes. Whether the network driver has XDP itself is not looked at: the generic form stands in.`,
  disagreement:
    'The pages list XDP among what the eBPF data plane needs; the code goes on without it. So it is recommended here.',
  breaks: ['the acceleration of doNotTrack policies on host endpoints'],
  needs: {},
  witnesses: releaseWitnesses,
  judge: (facts) => {
    const kernel = runningKernel(facts);
    const [machine] = machinesOf(facts.unameA, facts.hostnamectl);
    return isVerdict(kernel) ? kernel : judge(kernel.release, meets(kernel, XDP_KERNEL), machine);
  },
});
