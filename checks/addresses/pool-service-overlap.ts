import { overlaps } from '../../src/domain/cidr.js';
import { defineCheck, fail, pass, warn } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { someOf } from '../../src/domain/some-of.js';
import { pageB } from '../requirements/sources.js';
import { blocksOf, hostOf } from './pools.js';

const clashes = ({ podCIDRs, serviceCIDRs }: Intent): readonly string[] =>
  blocksOf(podCIDRs).flatMap((pool) =>
    blocksOf(serviceCIDRs)
      .filter((service) => overlaps(pool.block, service.block))
      .map((service) => `${pool.text} with ${service.text}`),
  );

/** Servers inside the service range: kube-proxy takes what is sent to them. */
const servers = ({ apiServer, etcdEndpoints, serviceCIDRs }: Intent): readonly string[] =>
  [apiServer, ...etcdEndpoints].flatMap(hostOf).flatMap((host) =>
    blocksOf(serviceCIDRs)
      .filter((service) => blocksOf([host]).some(({ block }) => overlaps(service.block, block)))
      .map((service) => `${host} of the intent with ${service.text}`),
  );

const EXPECTED = 'pod and service ranges that share no address, and servers in neither';

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
    'Compares the ranges of the intent: fails when a pod range and a service range share an address; warns when apiServer or etcdEndpoints lie in a service range.',
  skip: ({ podCIDRs, serviceCIDRs }) =>
    blocksOf(podCIDRs).length === 0 || blocksOf(serviceCIDRs).length === 0
      ? 'the intent names no pod range or no service range'
      : null,
  needs: {},
  breaks: ['services and pods whose addresses are in both ranges'],
  alternatives: () => ['podCIDRs or serviceCIDRs that share no address'],
  judge: (_facts, { intent }) => {
    const found = clashes(intent);
    if (found.length > 0) return fail(`overlap: ${someOf(found)}`, EXPECTED);
    // The address of the service kubernetes is one, and works once kube-proxy runs: no failure.
    const inside = servers(intent);
    return inside.length > 0
      ? warn(`in a service range: ${someOf(inside)}`, EXPECTED)
      : pass(`${someOf(intent.podCIDRs)} and ${someOf(intent.serviceCIDRs)} share no address`);
  },
});
