const NO_PATHS =
  'no answer of a node tells what the network between two nodes does: unknown until paths are tested';
const INTENT_ALONE = 'compares what the intent says with itself; nothing on a node changes it';

/** The checks that nothing on a lab node can break, and why. Every other check has a breakage. */
export const UNBREAKABLE: Readonly<Record<string, string>> = {
  'addresses/pool-service-overlap': INTENT_ALONE,
  'addresses/pool-capacity': `${INTENT_ALONE}, but the number of nodes, and a lab cannot have thousands`,
  'time/skew':
    'the nodes of a lab share the clock of this machine, and Linux has none for a container',
  'firewall/admits-calico': NO_PATHS,
  'paths/bgp': NO_PATHS,
  'paths/ipip': NO_PATHS,
  'paths/vxlan': NO_PATHS,
  'paths/typha': NO_PATHS,
  'paths/wireguard-ipv4': NO_PATHS,
  'paths/wireguard-ipv6': NO_PATHS,
  'paths/flannel-vxlan': NO_PATHS,
  'paths/api-server': NO_PATHS,
  'paths/etcd': NO_PATHS,
};
