import { overlaps, parseCidr } from '../../src/domain/cidr.js';
import { defineCheck, fail, pass, unknown } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { ipAddr, type IpAddr } from '../probes/ip-addr.js';
import { ipRoute, type Route } from '../probes/ip-route.js';
import { resolvConf, type Resolvers } from '../probes/resolv-conf.js';
import { pageB } from '../requirements/sources.js';
import { blocksOf, hostOf, someOf, type Named } from './pools.js';

/** Interfaces that Calico makes, whose addresses are taken from the pool. */
const isCalicos = (device: string): boolean =>
  /^(?:cali|tunl\d|vxlan(?:-v6)?\.calico$|wireguard\.cali$|wg-v6\.cali$|bpf(?:nat)?(?:in|out)(?:\.cali)?$)/.test(
    device,
  );

/** Routes that Calico or BIRD made: to a neighbour's block, to a pod, or the blackhole of a block of its own. */
const isCalicosRoute = ({ device, protocol, type }: Route): boolean =>
  isCalicos(device) || ['bird', '12', '80'].includes(protocol) || type === 'blackhole';

type Used = { readonly what: string; readonly cidr: string };

const used = (addresses: IpAddr | undefined, routes: readonly Route[]): readonly Used[] => [
  ...(addresses?.addresses ?? [])
    .filter(({ device }) => !isCalicos(device))
    .map(({ device, address }) => ({ what: `${address} on ${device}`, cidr: address })),
  ...routes
    .filter((route) => route.destination !== 'default' && !isCalicosRoute(route))
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
const reached = (routes: readonly Route[], resolvers: Resolvers | undefined): readonly Used[] => [
  ...routes
    .filter((route) => route.gateway !== '' && !isCalicosRoute(route))
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

export const poolHostOverlap = defineCheck({
  id: 'addresses/pool-host-overlap',
  title: 'The pod ranges overlap no network of the node',
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
  ],
  severity: 'required',
  waivable: true,
  rule: () =>
    'Fails when a pod range shares an address with a network, address or route of the node that Calico did not make, with a gateway or name server of it, with apiServer or etcdEndpoints of the intent, or with a link-local range; passes only when both addresses and routes are known.',
  skip: ({ network, podCIDRs }) => {
    if (network === 'aws-vpc' || network === 'azure')
      return 'pods get addresses of the cloud network';
    return blocksOf(podCIDRs).length === 0 ? 'the intent names no pod range' : null;
  },
  needs: {},
  witnesses: { addresses: ipAddr, routes: ipRoute, resolvers: resolvConf },
  breaks: ['traffic to everything that has an address in a pod range'],
  alternatives: () => ['podCIDRs outside the networks of the nodes'],
  judge: ({ addresses, routes, resolvers }, { intent }) => {
    const pools = blocksOf(intent.podCIDRs);
    const known = routes?.routes ?? [];
    const ends = [...intent.etcdEndpoints, intent.apiServer].flatMap((text) => hostOf(text));
    const ranges = [
      ...LINK_LOCAL,
      ...used(addresses, known),
      ...reached(known, resolvers),
      ...ends.map((host) => ({ what: `${host} of the intent`, cidr: host })),
    ];
    const found = pools.flatMap((pool) => clashes(pool, ranges));
    if (found.length > 0)
      return fail(`overlap: ${someOf(found)}`, 'pod ranges that overlap nothing on the node');
    if (addresses === undefined || routes === undefined) {
      const missing = addresses === undefined ? 'addresses' : 'routes';
      return unknown(
        reason('not-run', `the ${missing} of the node are not known`),
        `Run ip ${addresses === undefined ? 'addr' : 'route'} on the node.`,
      );
    }
    return pass(`${someOf(pools.map(({ text }) => text))} overlap no address or route of the node`);
  },
});
