import { defineCheck } from '../../src/domain/check.js';
import { modprobeConntrack } from '../probes/modprobe-n.js';
import { CONNTRACK, CONNTRACK_NETLINK } from '../requirements/kernel-features.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { verdictOnAll } from './feature-list.js';
import { kernelWitnesses } from './witnesses.js';

const SAYS = 'Netfilter connection tracking is compiled in (with SCTP support when SCTP is used).';

/** Felix's policy is stateful: an accepted connection's later packets are known by connection tracking. */
export const conntrack = defineCheck({
  id: 'kernel/conntrack',
  title: 'The kernel tracks connections',
  why: 'Felix accepts the packets of connections that policy has let in, and NAT for services and for traffic that leaves the cluster needs the same table. Without connection tracking neither works.',
  sources: [pageB('B21', 'kernel-dependencies', SAYS), pageToday('kernel-dependencies', SAYS)],
  disagreement:
    'The page names connection tracking alone; calicoctl node checksystem (read 2026-08) looks for nf_conntrack_netlink instead, by which Felix deletes the connections of a removed pod. The page judges: NF_CONNTRACK decides, and a missing netlink interface warns.',
  severity: 'required',
  waivable: true,
  rule: () =>
    'It passes when nf_conntrack is loaded, built in or loadable. Without it the check fails; without nf_conntrack_netlink, or where witnesses contradict each other, it warns.',
  breaks: ['network policy', 'services and outgoing NAT'],
  needs: {},
  witnesses: { ...kernelWitnesses, modprobeConntrack },
  judge: (facts) =>
    verdictOnAll(
      {
        needed: [CONNTRACK],
        helpful: [CONNTRACK_NETLINK],
        expected: 'connection tracking and its netlink interface, built in or loadable',
      },
      { ...facts, pasted: [facts.modprobeConntrack] },
    ),
});
