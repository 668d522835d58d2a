import { defineCheck } from '../../src/domain/check.js';
import { modprobeConntrack } from '../probes/modprobe-n.js';
import { CONNTRACK } from '../requirements/kernel-features.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { judgeFeature, verdictOn } from './feature.js';
import { kernelWitnesses } from './witnesses.js';

const SAYS = 'Netfilter connection tracking is compiled in (with SCTP support when SCTP is used).';

/** Felix's policy is stateful: an accepted connection's later packets are known by connection tracking. */
export const conntrack = defineCheck({
  id: 'kernel/conntrack',
  title: 'The kernel tracks connections',
  why: 'Felix accepts the packets of connections that policy has let in, and NAT for services and for traffic that leaves the cluster needs the same table. Without connection tracking neither works.',
  sources: [pageB('B21', 'kernel-dependencies', SAYS), pageToday('kernel-dependencies', SAYS)],
  severity: 'required',
  waivable: true,
  breaks: ['network policy', 'services and outgoing NAT'],
  needs: {},
  witnesses: { ...kernelWitnesses, modprobeConntrack },
  judge: (facts) =>
    verdictOn(judgeFeature(CONNTRACK, { ...facts, pasted: [facts.modprobeConntrack] })),
});
