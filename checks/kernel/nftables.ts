import { defineCheck, fail, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { compareKernelVersions, type KernelVersion } from '../../src/domain/kernel-version.js';
import { STATUS } from '../../src/domain/status.js';
import { modprobeNfTables } from '../probes/modprobe-n.js';
import { nftVersion } from '../probes/nft-version.js';
import { NFTABLES_PAGE, nftablesKernel } from '../requirements/dataplane-kernels.js';
import { NFT_IPV4, NFT_IPV6, NFT_NAT, NF_TABLES } from '../requirements/kernel-features.js';
import { actionsFor, emittedFor, matchesFor } from '../requirements/netfilter-features.js';
import { pageB } from '../requirements/sources.js';
import { namesOf, verdictOnAll } from './feature-list.js';
import { isVerdict, meets, releaseWitnesses, runningKernel } from './running-kernel.js';
import { kernelWitnesses, releaseOf } from './witnesses.js';

/** The nft inside Calico's image since 3.31. */
const CALICO_NFT: KernelVersion = [1, 1, 1];

const neededFor = (intent: Intent) => [
  NF_TABLES,
  ...(intent.ipFamilies.includes('ipv4') ? [NFT_IPV4] : []),
  ...(intent.ipFamilies.includes('ipv6') ? [NFT_IPV6] : []),
  NFT_NAT,
  ...matchesFor(intent),
  ...actionsFor(intent),
];

/** Rules that a newer nft of the node wrote have crashed the nft inside Calico's image. */
function withHostNft(verdict: Verdict, host: KernelVersion | undefined): Verdict {
  if (verdict.status !== STATUS.pass || host === undefined) return verdict;
  return compareKernelVersions(host, CALICO_NFT) > 0
    ? warn(
        `${verdict.found}; the node's own nft ${host.join('.')} is newer than Calico's ${CALICO_NFT.join('.')}, which may not be able to read the rules that it writes`,
        'Calico 3.32.1 or later, or no rules written by a newer nft on this node',
      )
    : verdict;
}

/** The nftables data plane writes its rules into nf_tables itself. */
export const nftables = defineCheck({
  id: 'kernel/nftables',
  title: 'The kernel can carry the nftables data plane',
  why: 'Under dataplane: nftables Felix writes all its rules into nf_tables. A part that is missing makes the kernel refuse them together, and older kernels lose rules when they change quickly.',
  sources: [
    NFTABLES_PAGE,
    pageB('B19', 'kernel-dependencies', 'iptables, legacy or nft: both are supported.'),
    {
      page: 'Calico 3.32 release notes',
      url: 'https://docs.tigera.io/calico/latest/release-notes/',
      date: '2026-06-24',
      says: "An nft newer than Calico's own on the host could make it crash; mended by projectcalico/calico#12712 in 3.32.1.",
    },
  ],
  disagreement:
    'The 3.29 requirements page names no kernel for nftables; the page of the data plane asks for 5.13 and nft 1.0.1 in every release. Calico brings its own nft (1.1.1 since 3.31), so the one of the node does not count; the code of 3.33 alone looks at the kernel. The page of the data plane judges.',
  severity: 'required',
  waivable: true,
  skip: (intent) => {
    if (intent.dataplane !== 'nftables')
      return `the intent (dataplane: ${intent.dataplane}) uses no nftables data plane`;
    return nftablesKernel(intent.calico) === null
      ? 'Calico before 3.29 has no nftables data plane'
      : null;
  },
  rule: (intent) =>
    `It passes on kernel 5.13 or later when ${namesOf(neededFor(intent))} are loaded, built in or loadable. An older kernel or a missing part fails; missing of ${namesOf(emittedFor(intent))}, or an nft on the node that is newer than Calico's, warns.`,
  breaks: ['the nftables data plane: network policy, services and outgoing NAT'],
  alternatives: () => ['dataplane: iptables, kubeProxy: iptables'],
  needs: {},
  witnesses: { ...kernelWitnesses, ...releaseWitnesses, modprobeNfTables, nftVersion },
  judge: (facts, { intent }) => {
    const minimum = nftablesKernel(intent.calico);
    // Without another witness the configuration's own head or file name tells whose it is.
    const kernel = runningKernel(
      facts.hostnamectl === undefined ? { ...facts, unameR: releaseOf(facts) ?? undefined } : facts,
    );
    if (!isVerdict(kernel) && minimum !== null && !meets(kernel, minimum))
      return fail(kernel.release, `Linux ${minimum.words}`);
    const expected = `${namesOf(neededFor(intent))}, built into the kernel or loadable`;
    const verdict = verdictOnAll(
      { needed: neededFor(intent), helpful: emittedFor(intent), expected },
      { ...facts, pasted: [facts.modprobeNfTables] },
    );
    if (isVerdict(kernel) && verdict.status !== STATUS.fail) return kernel;
    return withHostNft(verdict, facts.nftVersion);
  },
});
