import { defineCheck, fail, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import { usesVxlan, type Intent } from '../../src/domain/intent.js';
import { compareKernelVersions } from '../../src/domain/kernel-version.js';
import {
  EBPF_GATE,
  EBPF_PAGE,
  ebpfKernel,
  FELIX_GATE_CODE,
  KUBE_PROXY_CODE,
  KUBE_PROXY_NFTABLES,
  NFTABLES_PAGE,
  nftablesKernel,
  OVERLAY_PAGE,
  VXLAN_IPV6,
  WIREGUARD_MAINLINE,
  WIREGUARD_PAGE,
  type KernelMinimum,
} from '../requirements/dataplane-kernels.js';
import {
  isVerdict,
  meets,
  releaseWitnesses,
  runningKernel,
  type RunningKernel,
} from './running-kernel.js';

/** One thing of the intent that asks for a kernel of its own. */
type Demand = {
  readonly what: string;
  readonly minimum: KernelMinimum;
  /** A distribution may have brought it to an older kernel: another check sees whether it did. */
  readonly mayBeCarried?: true;
};

function demandsOf(intent: Intent): readonly Demand[] {
  const { calico, dataplane, kubeProxy, wireguard, ipFamilies } = intent;
  const ebpf = dataplane === 'ebpf' ? ebpfKernel(calico) : null;
  const nftables = dataplane === 'nftables' ? nftablesKernel(calico) : null;
  return [
    ...(ebpf === null ? [] : [{ what: 'the eBPF data plane', minimum: ebpf }]),
    ...(nftables === null ? [] : [{ what: 'the nftables data plane', minimum: nftables }]),
    ...(kubeProxy === 'nftables'
      ? [{ what: 'kube-proxy in nftables mode', minimum: KUBE_PROXY_NFTABLES }]
      : []),
    ...(wireguard === 'none'
      ? []
      : [{ what: 'WireGuard', minimum: WIREGUARD_MAINLINE, mayBeCarried: true as const }]),
    ...(ipFamilies.includes('ipv6') && usesVxlan(intent)
      ? [{ what: 'VXLAN over IPv6', minimum: VXLAN_IPV6 }]
      : []),
  ];
}

const inWords = (demands: readonly Demand[]): string =>
  demands.map(({ what, minimum }) => `${what}: ${minimum.words}`).join('; ');

/** What Felix does about it, where it does so whoever built the kernel: then nobody forwards to services. */
const consequence = (kernel: RunningKernel, { dataplane }: Intent): string =>
  dataplane === 'ebpf' && compareKernelVersions(kernel.felix, EBPF_GATE.redHat) < 0
    ? ', on which Felix switches the eBPF data plane off by itself'
    : '';

function judge(kernel: RunningKernel, intent: Intent): Verdict {
  const demands = demandsOf(intent);
  const unmet = demands.filter(({ minimum }) => !meets(kernel, minimum));
  if (unmet.length === 0) return pass(`${kernel.release}, enough for ${inWords(demands)}`);
  const hard = unmet.filter(({ mayBeCarried }) => mayBeCarried !== true);
  if (hard.length === 0) {
    return warn(
      `${kernel.release}: WireGuard is not part of this kernel's version`,
      inWords(unmet),
    );
  }
  // Where only Red Hat's kernels have an exception, and nobody says whose kernel it is, it may be one.
  const open =
    kernel.distribution === null &&
    !kernel.isRedHat &&
    hard.every(({ minimum }) => meets({ ...kernel, isRedHat: true }, minimum));
  return open
    ? unknown(
        'not-run: nobody names the distribution, and a kernel of Red Hat would be new enough',
        'Give os-release.txt (cat /etc/os-release).',
      )
    : fail(`${kernel.release}${consequence(kernel, intent)}`, inWords(hard));
}

const skip = (intent: Intent): string | null => {
  if (intent.dataplane === 'ebpf' && ebpfKernel(intent.calico) === null)
    return `Calico ${intent.calico} has no eBPF data plane`;
  if (intent.dataplane === 'nftables' && nftablesKernel(intent.calico) === null)
    return 'Calico before 3.29 has no nftables data plane';
  return demandsOf(intent).length === 0
    ? 'nothing in the intent asks for a kernel newer than kernel/version does'
    : null;
};

/** The gate table of data planes and features: each has a minimum of its own, by release and distribution. */
export const dataplaneVersion = defineCheck({
  id: 'kernel/dataplane-version',
  title: 'The kernel is new enough for the data plane',
  why: 'The eBPF and nftables data planes, WireGuard and VXLAN over IPv6 use parts of Linux that came later than what iptables needs. On an older kernel Felix switches eBPF off by itself, and with kube-proxy removed no service is reachable.',
  sources: [
    EBPF_PAGE,
    NFTABLES_PAGE,
    KUBE_PROXY_CODE,
    WIREGUARD_PAGE,
    OVERLAY_PAGE,
    FELIX_GATE_CODE,
  ],
  severity: 'required',
  waivable: true,
  skip,
  rule: (intent) =>
    demandsOf(intent).length === 0
      ? 'Nothing in this intent asks for more than kernel/version does.'
      : `The kernel is compared as Felix reads it with ${inWords(demandsOf(intent))}. An older one fails, save for WireGuard, where it is a warning because distributions carry it to older kernels.`,
  disagreement:
    'eBPF: the pages of 3.25 to 3.30 say 5.3 (RHEL 8.2: 4.18.0-193), those of 3.31 and 3.32 say 5.10 (RHEL 8.4: 4.18.0-305); Felix itself still lets 5.3 and 4.18.0-193 pass on every branch. The page of the release judges. nftables: the pages of 3.29 to 3.32 say 5.13; their code does not look.',
  breaks: [
    'the data plane of the intent, or the encryption or tunnel that asks for the newer kernel',
  ],
  alternatives: ({ dataplane, kubeProxy }) => [
    ...(dataplane === 'iptables' ? [] : ['dataplane: iptables, kubeProxy: iptables']),
    ...(dataplane === 'iptables' && kubeProxy === 'nftables' ? ['kubeProxy: iptables'] : []),
  ],
  needs: {},
  witnesses: releaseWitnesses,
  judge: (facts, { intent }) => {
    const kernel = runningKernel(facts);
    return isVerdict(kernel) ? kernel : judge(kernel, intent);
  },
});
