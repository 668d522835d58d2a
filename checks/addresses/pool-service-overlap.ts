import { overlaps } from '../../src/domain/cidr.js';
import { defineCheck, fail, pass } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { pageB } from '../requirements/sources.js';
import { blocksOf, someOf } from './pools.js';

const clashes = ({ podCIDRs, serviceCIDRs }: Intent): readonly string[] =>
  blocksOf(podCIDRs).flatMap((pool) =>
    blocksOf(serviceCIDRs)
      .filter((service) => overlaps(pool.block, service.block))
      .map((service) => `${pool.text} with ${service.text}`),
  );

const EXPECTED = 'pod and service ranges that share no address';

/** A matter of the intent alone: it is the same for every node. */
export const poolServiceOverlap = defineCheck({
  id: 'addresses/pool-service-overlap',
  title: 'The pod ranges do not overlap the service ranges',
  why: 'A pod whose address is also that of a service cannot be reached: kube-proxy rewrites the packets to the service, and the pod never sees them.',
  sources: [
    pageB(
      'B18',
      'network-requirements',
      'An IP pool must not overlap any other range, the service cluster IP range included.',
    ),
  ],
  severity: 'required',
  waivable: true,
  rule: () =>
    'Compares the ranges of the intent: fails when a pod range and a service range share an address.',
  skip: ({ podCIDRs, serviceCIDRs }) =>
    blocksOf(podCIDRs).length === 0 || blocksOf(serviceCIDRs).length === 0
      ? 'the intent names no pod range or no service range'
      : null,
  needs: {},
  breaks: ['services and pods whose addresses are in both ranges'],
  alternatives: () => ['podCIDRs or serviceCIDRs that share no address'],
  judge: (_facts, { intent }) => {
    const found = clashes(intent);
    return found.length === 0
      ? pass(`${someOf(intent.podCIDRs)} and ${someOf(intent.serviceCIDRs)} share no address`)
      : fail(`overlap: ${someOf(found)}`, EXPECTED);
  },
});
