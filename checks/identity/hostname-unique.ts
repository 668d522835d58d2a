import { defineClusterCheck, fail, pass, unknown } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { someOf } from '../../src/domain/some-of.js';
import { hostname } from '../probes/hostname.js';
import { hostnamectl } from '../probes/hostnamectl.js';
import { unameA } from '../probes/uname-a.js';
import { nameOf, RFC_1123 } from './hostname.js';

/** Names of nodes by what they call themselves; letters count alike, because node names have no capitals. */
function sharers(
  shares: readonly { readonly name: string; readonly host: string }[],
): readonly string[] {
  const byHost = new Map<string, string[]>();
  for (const { name, host } of shares) {
    const key = host.toLowerCase();
    byHost.set(key, [...(byHost.get(key) ?? []), name]);
  }
  return [...byHost]
    .filter(([, names]) => names.length > 1)
    .map(([host, names]) => `${host} (${someOf(names)})`);
}

export const hostnameUnique = defineClusterCheck({
  id: 'identity/hostname-unique',
  title: 'No two nodes have the same host name',
  why: 'Two nodes of one name are one node to Calico: they fight over its address and its blocks, and "Calico node is already using the IPv4 address" keeps the second from starting.',
  sources: [
    {
      page: 'calico-node configuration: node name',
      url: 'https://docs.tigera.io/calico/latest/reference/configure-calico-node',
      date: '2026-08-21',
      says: 'The node name defaults to the lower-case host name and must be unique.',
    },
    RFC_1123,
  ],
  severity: 'required',
  waivable: true,
  rule: () => 'Fails when two nodes call themselves the same, capitals or not.',
  needs: {},
  witnesses: { kernel: hostname, uname: unameA, hostnamectl },
  breaks: ['every node that shares a name'],
  judge: (shares) => {
    const called = shares.map(({ node, facts }) => ({
      name: node.name,
      host: facts.kernel?.hostname ?? facts.uname?.hostname ?? nameOf(facts.hostnamectl),
    }));
    const named = called.flatMap(({ name, host }) => (host === undefined ? [] : [{ name, host }]));
    const clashes = sharers(named);
    if (clashes.length > 0)
      return fail(
        `the same host name: ${clashes.slice(0, 5).join('; ')}`,
        'a host name of its own for every node',
      );
    const silent = called.find(({ host }) => host === undefined);
    return silent === undefined
      ? pass(`${String(shares.length)} nodes, each with a name of its own`)
      : unknown(
          reason('not-run', `nothing tells the host name of ${silent.name}`),
          'Run uname -n on the node.',
        );
  },
});
