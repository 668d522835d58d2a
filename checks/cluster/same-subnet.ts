import { defineClusterCheck, fail, pass, unknown, warn } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { someOf } from '../../src/domain/some-of.js';
import { candidates } from '../addresses/candidates.js';
import { ipAddr } from '../probes/ip-addr.js';

const isCross = (encapsulation: string): boolean => encapsulation.endsWith('-cross-subnet');

export const sameSubnet = defineClusterCheck({
  id: 'cluster/same-subnet',
  title: 'The encapsulation fits the subnets of the nodes',
  why: 'Without encapsulation every router between the nodes must know the routes to pods. The cross-subnet modes encapsulate only between subnets, as far as the prefix lengths of the nodes tell which those are.',
  sources: [
    {
      page: 'Overlay networking',
      url: 'https://docs.tigera.io/calico/latest/networking/configuring/vxlan-ipip',
      date: '2026-08-21',
      says: 'CrossSubnet encapsulates only traffic that crosses a subnet boundary; without an overlay the network must route pod addresses.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  skip: ({ network, encapsulation }) => {
    if (network !== 'calico') return `the network is ${network}`;
    return isCross(encapsulation) || encapsulation === 'none'
      ? null
      : `${encapsulation} encapsulates all traffic between nodes`;
  },
  rule: ({ encapsulation }) =>
    encapsulation === 'none'
      ? 'Without encapsulation: passes when all nodes are in one subnet, fails when they are in several, because routers between them drop what they do not know.'
      : 'Cross-subnet: passes and says what will be encapsulated; warns when each of several nodes has a subnet of its own, because then everything is.',
  needs: { addresses: ipAddr },
  breaks: ['traffic between pods of different subnets'],
  alternatives: ({ encapsulation }) =>
    encapsulation === 'none'
      ? ['encapsulation: ipip-cross-subnet', 'encapsulation: vxlan-cross-subnet']
      : [],
  judge: (shares, { encapsulation, ipFamilies }) => {
    const family = ipFamilies.includes('ipv4') ? 4 : 6;
    const subnets = new Map<string, string[]>();
    for (const { node, facts } of shares) {
      const network = candidates(facts.addresses, family)[0]?.network;
      if (network === undefined) {
        const why = `${node.name} has no IPv${String(family)} address that Calico takes`;
        return unknown(reason('not-run', why), 'See addresses/autodetection of that node.');
      }
      subnets.set(network, [...(subnets.get(network) ?? []), node.name]);
    }
    const only = [...subnets.keys()].join();
    const listed = someOf([...subnets].map(([net, names]) => `${net}: ${someOf(names, 3)}`));
    if (subnets.size === 1) return pass(`all nodes are in ${only}`);
    if (encapsulation === 'none') {
      return fail(
        `the nodes are in ${String(subnets.size)} subnets (${listed}), and the routers between them would have to know the pods`,
        'nodes in one subnet, BGP with the routers between them, or a cross-subnet encapsulation',
      );
    }
    return subnets.size === shares.length
      ? warn(
          `each node has a subnet of its own (${listed}): all traffic between nodes is encapsulated`,
          'prefix lengths that tell which nodes share a link, if any do',
        )
      : pass(`traffic between these subnets is encapsulated, within them it is not: ${listed}`);
  },
});
