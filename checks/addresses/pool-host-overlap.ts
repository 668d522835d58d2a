import { overlaps, parseCidr } from '../../src/domain/cidr.js';
import { defineCheck, fail, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { STATUS } from '../../src/domain/status.js';
import { someOf } from '../../src/domain/some-of.js';
import { ipAddr, type IpAddr } from '../probes/ip-addr.js';
import { ipRoute, type Route } from '../probes/ip-route.js';
import { kubectlCluster } from '../probes/kubectl-cluster.js';
import { kubernetesFiles } from '../probes/kubernetes-files.js';
import { processes } from '../probes/processes.js';
import { resolvConf, type Resolvers } from '../probes/resolv-conf.js';
import { pageB } from '../requirements/sources.js';
import {
  operatorRefuses,
  outside,
  podRanges,
  serviceRanges,
  type ClusterFacts,
} from './cluster-ranges.js';
import { blocksOf, hostOf, type Named } from './pools.js';

/** Interfaces that Calico makes, whose addresses are taken from the pool. */
const isCalicos = (device: string): boolean =>
  /^(?:cali|tunl\d|vxlan(?:-v6)?\.calico$|wireguard\.cali$|wg-v6\.cali$|bpf(?:nat)?(?:in|out)(?:\.cali)?$)/.test(
    device,
  );

// With flannel's network the pool is flannel's, and so is what it makes of it.
const FLANNELS = /^(?:flannel(?:-v6)?\.\d{1,9}|cni\d{1,3})$/;
const isOurs = (device: string, { network }: Intent): boolean =>
  isCalicos(device) || (network === 'flannel' && FLANNELS.test(device));

/** Routes that Calico or BIRD made: to a neighbour's block, to a pod, or the blackhole of a block of its own. */
const isOurRoute = ({ device, protocol, type }: Route, intent: Intent): boolean =>
  isOurs(device, intent) || ['bird', '12', '80'].includes(protocol) || type === 'blackhole';

type Used = { readonly what: string; readonly cidr: string };

const used = (
  addresses: IpAddr | undefined,
  routes: readonly Route[],
  intent: Intent,
): readonly Used[] => [
  ...(addresses?.addresses ?? [])
    .filter(({ device }) => !isOurs(device, intent))
    .map(({ device, address }) => ({ what: `${address} on ${device}`, cidr: address })),
  ...routes
    .filter((route) => route.destination !== 'default' && !isOurRoute(route, intent))
    .map(({ destination, device }) => ({
      what: `the route to ${destination}${device === '' ? '' : ` on ${device}`}`,
      cidr: destination,
    })),
];

const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'].map((cidr) => ({
  what: `link-local ${cidr}`,
  cidr,
}));

/** Addresses that pods and this node have to reach: gateways and name servers. A loopback one is in no pool. */
const reached = (
  routes: readonly Route[],
  resolvers: Resolvers | undefined,
  intent: Intent,
): readonly Used[] => [
  ...routes
    .filter((route) => route.gateway !== '' && !isOurRoute(route, intent))
    .map(({ gateway }) => ({ what: `the gateway ${gateway}`, cidr: gateway })),
  ...(resolvers?.files ?? []).flatMap(({ file, nameservers }) =>
    nameservers.map((server) => ({ what: `the name server ${server} of ${file}`, cidr: server })),
  ),
];

const clashes = (pool: Named, ranges: readonly Used[]): readonly string[] =>
  ranges
    .filter(({ cidr }) => {
      const block = parseCidr(cidr);
      return block !== null && overlaps(pool.block, block);
    })
    .map(({ what }) => `${pool.text} with ${what}`);

type Facts = ClusterFacts & {
  readonly addresses?: IpAddr;
  readonly routes?: { readonly routes: readonly Route[] };
  readonly resolvers?: Resolvers;
};

/** Everything that no pod range may share an address with. */
function rangesOf(facts: Facts, intent: Intent): readonly Used[] {
  const known = facts.routes?.routes ?? [];
  const ends = [...intent.etcdEndpoints, intent.apiServer].flatMap((text) => hostOf(text));
  return [
    ...LINK_LOCAL,
    ...used(facts.addresses, known, intent),
    ...reached(known, facts.resolvers, intent),
    ...ends.map((host) => ({ what: `${host} of the intent`, cidr: host })),
    ...serviceRanges(facts).flatMap(({ blocks, where }) =>
      blocks.map(({ text }) => ({ what: `the service range ${text} of ${where}`, cidr: text })),
    ),
  ];
}

/** Pools outside of what Kubernetes takes for pods; null when there are none, or nothing is known of it. */
function judgeStrays(facts: Facts, pools: readonly Named[], intent: Intent): Verdict | null {
  const refused = operatorRefuses(facts, intent);
  const found = outside(pools, podRanges(facts), refused);
  if (found === null) return null;
  const expected = 'pod ranges within the --cluster-cidr of the cluster';
  return refused
    ? fail(
        `${found}: the operator of Calico refuses the pool, because kubeadm made this cluster`,
        expected,
      )
    : warn(
        `${found}: kube-proxy hides the addresses of such pods behind that of their node`,
        expected,
      );
}

export const poolHostOverlap = defineCheck({
  id: 'addresses/pool-host-overlap',
  title: 'The pod ranges overlap no network of the node and lie within that of the cluster',
  why: 'Calico routes the whole pod range to pods. A node, gateway or container bridge inside that range can no longer be reached, and pods get addresses that others already have.',
  sources: [
    pageB(
      'B18',
      'network-requirements',
      'An IP pool must not overlap any other range of the network, the host range included.',
    ),
    {
      page: 'IP pool',
      url: 'https://docs.tigera.io/calico/latest/reference/resources/ippool',
      date: '2026-08-21',
      says: 'A pool must not overlap the link-local ranges 169.254.0.0/16 and fe80::/10.',
    },
    {
      page: 'Manifest calico.yaml, CALICO_IPV4POOL_CIDR',
      url: 'https://github.com/projectcalico/calico/blob/master/manifests/calico.yaml',
      date: '2026-08-22',
      says: 'The pool should fall within --cluster-cidr.',
    },
    {
      page: 'Policies fail for pods outside of clusterCIDR: calico issues 683, 4004, 6545',
      url: 'https://github.com/projectcalico/calico/issues/6545',
      date: '2026-08-23',
      says: 'kube-proxy masquerades what pods outside of its clusterCIDR send to Services, so policies see the node instead of the pod.',
    },
    {
      page: 'The operator refuses such a pool under kubeadm: calico issue 13704, operator issue 1512',
      url: 'https://github.com/projectcalico/calico/issues/13704',
      date: '2026-08-31',
      says: 'A pool that is not within the pod range of the ConfigMap kubeadm-config makes the operator stop: "IPPool is not within the platform\'s configured pod network CIDR(s)".',
    },
  ],
  severity: 'required',
  waivable: true,
  rule: () =>
    'Fails when a pod range shares an address with a network, address or route of the node that Calico did not make, with a gateway or name server of it, with apiServer or etcdEndpoints of the intent, with the service range of the cluster or with a link-local range. Where a --cluster-cidr is seen, a pool outside of it fails with the operator on a cluster of kubeadm and warns elsewhere. Passes only when both addresses and routes are known.',
  disagreement:
    'The requirements page (2024-10-29, and the text of 2025-12-08) asks of a pool only that it overlaps nothing. The manifest says that it should fall within --cluster-cidr; kube-proxy hides the address of a pod outside of it; and the operator stops at such a pool where kubeadm made the cluster (calico issue 13704, 2026-08-31). The page judges overlaps; of a pool outside, the operator where it refuses, else the manifest, as a warning.',
  skip: ({ network, podCIDRs }) => {
    if (network === 'aws-vpc' || network === 'azure')
      return 'pods get addresses of the cloud network';
    return blocksOf(podCIDRs).length === 0 ? 'the intent names no pod range' : null;
  },
  needs: {},
  witnesses: {
    addresses: ipAddr,
    routes: ipRoute,
    resolvers: resolvConf,
    files: kubernetesFiles,
    processes,
    kubectl: kubectlCluster,
  },
  breaks: ['traffic to everything that has an address in a pod range'],
  alternatives: () => ['podCIDRs outside the networks of the nodes'],
  judge: (facts, { intent }) => {
    const pools = blocksOf(intent.podCIDRs);
    const found = pools.flatMap((pool) => clashes(pool, rangesOf(facts, intent)));
    if (found.length > 0)
      return fail(`overlap: ${someOf(found)}`, 'pod ranges that overlap nothing on the node');
    const strays = judgeStrays(facts, pools, intent);
    if (strays?.status === STATUS.fail) return strays;
    const { addresses, routes } = facts;
    if (addresses === undefined || routes === undefined) {
      const missing = addresses === undefined ? 'addresses' : 'routes';
      return unknown(
        reason('not-run', `the ${missing} of the node are not known`),
        `Run ip ${addresses === undefined ? 'addr' : 'route'} on the node.`,
      );
    }
    const text = `${someOf(pools.map((pool) => pool.text))} overlap no address or route of the node`;
    return strays ?? pass(text);
  },
});
