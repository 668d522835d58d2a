import { defineCheck } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { modprobeMatches } from '../probes/modprobe-n.js';
import { matchesFor } from '../requirements/netfilter-features.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { namesOf, verdictOnAll } from './feature-list.js';
import { iptablesWitnesses, pastedOf } from './witnesses.js';

const SAYS =
  'The iptables matches set, rpfilter, addrtype, comment, conntrack, icmp, tcp, udp, ipvs, icmpv6 (IPv6), mark, multiport, sctp (SCTP).';

const leftOut = ({ dataplane, kubeProxy, sctp, ipFamilies }: Intent): string => {
  if (dataplane === 'nftables') return '';
  const names = [
    ...(kubeProxy === 'ipvs' ? [] : ['ipvs (kube-proxy does not use it)']),
    ...(sctp ? [] : ['sctp (the intent has none)']),
    ...(ipFamilies.includes('ipv6') ? [] : ['icmpv6 (no IPv6)']),
  ];
  return names.length === 0 ? '' : `; not needed: ${names.join(', ')}`;
};

const names = (intent: Intent): string => namesOf(matchesFor(intent));

/** What Felix' rules ask of a packet. */
export const iptablesMatches = defineCheck({
  id: 'kernel/iptables-matches',
  title: 'The kernel has the matches that Calico writes into its rules',
  why: 'A rule with a match that the kernel does not have is refused, and Felix writes its rules in one piece: then none of them comes into force, and Felix tries again without end.',
  sources: [
    pageB('B19', 'kernel-dependencies', SAYS),
    pageToday('kernel-dependencies', SAYS),
    {
      page: 'Felix, nftables renderer',
      url: 'https://github.com/projectcalico/calico/blob/master/felix/nftables/match_builder.go',
      date: '2026-08-22',
      says: 'Under the nftables data plane the same rules use nft_ct and nft_fib; the rest is in nf_tables itself, and there is no match for ipvs.',
    },
  ],
  disagreement:
    'The page names matches, not modules. calicoctl node checksystem (up to 3.32, read 2026-08) also demands ipt_set, xt_rpfilter, xt_icmp, xt_icmp6, xt_u32, xt_bpf and vfio-pci: the first four are names that Linux does not have, so healthy nodes fail. projectcalico/calico#13282 of 2026-07-31, in no release yet, mends the names, makes xt_u32 and xt_bpf optional and keeps vfio-pci, which only the VPP data plane uses. The modules of the Linux source judge here: ipt_rpfilter and ip6t_rpfilter, xt_set, xt_tcpudp for tcp and udp, and ip_tables or, from 6.4, xt_tcpudp for icmp.',
  severity: 'required',
  waivable: true,
  rule: (intent) =>
    intent.dataplane === 'nftables'
      ? `It passes when nf_tables has what answers for the matches: ${names(intent)}. What is missing fails.`
      : `It passes when each is loaded, built in or loadable: ${names(intent)}. What is missing fails, and witnesses that contradict each other warn. ipvs counts only with kubeProxy: ipvs, sctp only with sctp: true, icmpv6 only with IPv6.`,
  breaks: [
    'network policy, host endpoint protection and outgoing NAT: Felix cannot write its rules',
  ],
  alternatives: (intent) =>
    intent.dataplane === 'nftables'
      ? ['dataplane: iptables (where only nft_fib or nft_ct is missing)']
      : [
          ...(intent.kubeProxy === 'ipvs'
            ? ['kubeProxy: iptables (where only the match ipvs is missing)']
            : []),
          ...(intent.sctp ? ['sctp: false (where only the match sctp is missing)'] : []),
        ],
  needs: {},
  witnesses: { ...iptablesWitnesses, ...modprobeMatches },
  judge: (facts, { intent }) =>
    verdictOnAll(
      {
        needed: matchesFor(intent),
        helpful: [],
        expected: `${names(intent)}, built into the kernel or loadable`,
        remark: leftOut(intent),
      },
      { ...facts, pasted: pastedOf(modprobeMatches, facts) },
    ),
});
