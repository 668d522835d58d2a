import { defineCheck, fail, pass, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { machinesOf } from '../platform/machines.js';
import { XDP_KERNEL } from '../requirements/dataplane-kernels.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { unlessEbpf } from './bpf-intent.js';
import { isAtLeast } from '../requirements/releases.js';
import {
  isVerdict,
  meets,
  releaseWitnesses,
  runningKernel,
  type RunningKernel,
} from './running-kernel.js';

/** s390x stores the highest byte first; the XDP programs of Felix are for the other order. */
const BIG_ENDIAN: readonly string[] = ['s390x', 's390', 'ppc64', 'ppc', 'sparc64', 'aarch64_be'];

/** calico#8833: the 5.4 of Ubuntu 20.04 refuses the program of the releases after 3.27.2. */
const isKnownBad = ({ release, distribution }: RunningKernel, calico: Intent['calico']): boolean =>
  distribution?.id === 'ubuntu' && /^5\.4\.0-/.test(release) && isAtLeast(calico, '3.28');

function judge(kernel: RunningKernel, machine: string | undefined, intent: Intent): Verdict {
  const { release } = kernel;
  const expected = `Linux ${XDP_KERNEL.words} on a little-endian processor`;
  if (machine !== undefined && BIG_ENDIAN.includes(machine)) {
    return fail(`${machine} is big-endian`, expected);
  }
  if (isKnownBad(kernel, intent.calico)) {
    return warn(
      `${release} of Ubuntu, on which Felix fails to load its XDP program`,
      'the kernel 5.15 that Ubuntu 20.04 offers too, or xdpEnabled: false in the FelixConfiguration',
    );
  }
  return meets(kernel, XDP_KERNEL)
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
  rule: ({ calico }) =>
    `Linux ${XDP_KERNEL.words} on a little-endian processor passes${isAtLeast(calico, '3.28') ? ', save the 5.4 of Ubuntu 20.04, which warns' : ''}. Whether the network driver has XDP itself is not looked at: the generic form stands in.`,
  disagreement:
    'The pages list XDP among what the eBPF data plane needs; the code goes on without it. So it is recommended here.',
  breaks: ['the acceleration of doNotTrack policies on host endpoints'],
  needs: {},
  witnesses: releaseWitnesses,
  judge: (facts, { intent }) => {
    const kernel = runningKernel(facts);
    const [machine] = machinesOf(facts.unameA, facts.hostnamectl);
    return isVerdict(kernel) ? kernel : judge(kernel, machine, intent);
  },
});
