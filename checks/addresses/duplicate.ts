import { defineClusterCheck, fail, pass } from '../../src/domain/check.js';
import { someOf } from '../../src/domain/some-of.js';
import { ipAddr } from '../probes/ip-addr.js';
import { candidates } from './candidates.js';

export const duplicate = defineClusterCheck({
  id: 'addresses/duplicate',
  title: 'No two nodes have the same address',
  why: 'calico-node refuses to start on a node whose address another node has already registered, and packets for both go to one of them.',
  sources: [
    {
      page: 'Duplicate addresses: calico issues 1628, 2521, 3097',
      url: 'https://github.com/projectcalico/calico/issues/1628',
      date: '2026-08-23',
      says: 'Calico node is already using the IPv4 address: the second node of an address does not come up.',
    },
  ],
  severity: 'required',
  waivable: true,
  rule: ({ ipFamilies }) =>
    `Fails when the ${ipFamilies.join(' or ')} address that Calico would take on one node is also on an interface of another that it looks at; loopback, container bridges and Calico's own interfaces do not count.`,
  needs: { addresses: ipAddr },
  breaks: ['every node that shares an address'],
  judge: (shares, { ipFamilies }) => {
    const holders = new Map<string, Set<string>>();
    const nodeAddresses = new Set<string>();
    for (const { node, facts } of shares) {
      for (const family of ipFamilies) {
        const found = candidates(facts.addresses, family === 'ipv4' ? 4 : 6);
        const [picked] = found;
        if (picked !== undefined) nodeAddresses.add(picked.address);
        for (const { address } of found) {
          holders.set(address, (holders.get(address) ?? new Set()).add(node.name));
        }
      }
    }
    const shared = [...holders]
      .filter(([address, nodes]) => nodes.size > 1 && nodeAddresses.has(address))
      .map(([address, nodes]) => `${address} on ${someOf([...nodes])}`);
    return shared.length === 0
      ? pass(`${String(shares.length)} nodes, each with addresses of its own`)
      : fail(`the same address: ${someOf(shared)}`, 'an address of its own for every node');
  },
});
