import { defineCheck } from '../../src/domain/check.js';
import { modprobeIpVs, modprobeXtIpvs } from '../probes/modprobe-n.js';
import { IPVS, IPVS_NFCT, IPVS_SCHEDULERS, XT_IPVS } from '../requirements/kernel-features.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { verdictOnAll } from './feature-list.js';
import { iptablesWitnesses } from './witnesses.js';

const SAYS = 'IPVS support, when kube-proxy runs in ipvs mode.';

/** kube-proxy in ipvs mode balances services with it. */
export const ipvs = defineCheck({
  id: 'kernel/ipvs',
  title: 'The kernel has IPVS',
  why: 'kube-proxy in ipvs mode makes a virtual server of every service. Without IPVS it refuses that mode or does not start, and no service answers on this node.',
  sources: [pageB('B22', 'kernel-dependencies', SAYS), pageToday('kernel-dependencies', SAYS)],
  severity: 'required',
  waivable: true,
  skip: ({ kubeProxy }) =>
    kubeProxy === 'ipvs' ? null : `the intent (kubeProxy: ${kubeProxy}) uses no IPVS`,
  rule: ({ dataplane }) =>
    `It passes when ip_vs, its schedulers rr, wrr and sh${dataplane === 'nftables' ? '' : ' and the match ipvs'} are loaded, built in or loadable. Without ip_vs the check fails; without one of the others it warns.`,
  breaks: ['services on this node with kube-proxy in ipvs mode'],
  alternatives: () => ['kubeProxy: iptables'],
  needs: {},
  witnesses: { ...iptablesWitnesses, modprobeIpVs, modprobeXtIpvs },
  judge: (facts, { intent }) =>
    verdictOnAll(
      {
        needed: [IPVS],
        // nf_tables has no match for it, so that Felix writes none there.
        helpful: [
          ...IPVS_SCHEDULERS,
          IPVS_NFCT,
          ...(intent.dataplane === 'nftables' ? [] : [XT_IPVS]),
        ],
        expected: 'IPVS with its schedulers rr, wrr and sh, built into the kernel or loadable',
      },
      { ...facts, pasted: [facts.modprobeIpVs, facts.modprobeXtIpvs] },
    ),
});
