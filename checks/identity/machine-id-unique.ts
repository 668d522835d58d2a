import { defineClusterCheck, fail, pass, warn } from '../../src/domain/check.js';
import { machineId } from '../probes/machine-id.js';

export const machineIdUnique = defineClusterCheck({
  id: 'identity/machine-id-unique',
  title: 'No two nodes have the same machine-id',
  why: 'Cloned machines that share a machine-id can get the same DHCP lease and, where systemd gives them, the same hardware addresses of virtual interfaces, and tools take them for one machine.',
  sources: [
    {
      page: 'Installing kubeadm: unique identifiers',
      url: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/',
      date: '2026-08-21',
      says: 'Hostname, MAC address and product_uuid are unique for every node; clones often share them.',
    },
    {
      page: 'machine-id(5)',
      url: 'https://www.freedesktop.org/software/systemd/man/latest/machine-id.html',
      date: '2026-08-23',
      says: 'The id identifies the installation and is confidential; only a hash of it may leave the machine, and images are to be made with an empty one.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  disagreement:
    'No text of Calico asks for it, and Calico itself does not use it: the address of its VXLAN device is a hash of the node name (felix/calc/vxlan_resolver.go, read 2026-08-22). kubeadm asks for host names, MAC addresses and product_uuids of their own, not for a machine-id. A clone that shares it usually shares those too, so it is judged, as a recommendation.',
  rule: () =>
    'Compares digests of /etc/machine-id, never the ids: fails when two nodes have the same, warns when a node has none.',
  needs: { machineId },
  breaks: ['DHCP leases and hardware addresses of the nodes that share one'],
  judge: (shares) => {
    const byDigest = new Map<string, string[]>();
    const without: string[] = [];
    for (const { node, facts } of shares) {
      const { digest } = facts.machineId;
      if (digest === null) without.push(node.name);
      else byDigest.set(digest, [...(byDigest.get(digest) ?? []), node.name]);
    }
    const expected =
      'a machine-id of its own for every node: rm /etc/machine-id, then systemd-machine-id-setup';
    const shared = [...byDigest.values()].filter((names) => names.length > 1);
    if (shared.length > 0) {
      const texts = shared.slice(0, 5).map((names) => names.slice(0, 5).join(', '));
      return fail(`the same machine-id: ${texts.join('; ')}`, expected);
    }
    return without.length > 0
      ? warn(`no machine-id: ${without.slice(0, 5).join(', ')}`, expected)
      : pass(`${String(shares.length)} nodes, each with a machine-id of its own`);
  },
});
