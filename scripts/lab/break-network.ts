import { setNet, write, type Breakages } from './breakage.js';

const veth = (name: string, rest: string): string =>
  `ip link add ${name} type veth peer name ${name}p && ip link set ${name}p up && ip link set ${name} ${rest}`;
const NETWORK = '/etc/systemd/network/20-wired.network';
const HARDENING = '/etc/sysctl.d/99-hardening.conf';

/** Interfaces, addresses and settings of the network. */
export const NETWORK_BREAKAGES: Breakages = {
  'second-nic': {
    what: 'a second interface with an address of another network',
    // NetworkManager may take the address off again before an audit has looked.
    check: null,
    script: () => `${veth('eth1', 'up')} && ip addr add 10.77.0.5/24 dev eth1`,
    mend: () => 'ip link delete eth1',
  },
  mtu: {
    what: 'a second interface whose MTU is smaller',
    check: 'addresses/mtu',
    script: () => veth('ens9', 'mtu 1280 up'),
    mend: () => 'ip link delete ens9',
  },
  'pool-overlap': {
    what: 'a container bridge inside 10.244.0.0/16 and 192.168.0.0/16',
    check: 'addresses/pool-host-overlap',
    script: () =>
      'ip link add docker0 type bridge && ip addr add 10.244.0.1/24 dev docker0 && ip addr add 192.168.200.1/24 dev docker0 && ip link set docker0 up',
    mend: () => 'ip link delete docker0',
  },
  'name-taken': {
    what: 'a bridge that is named vxlan.calico',
    check: 'interfaces/manageable',
    script: () => 'ip link add vxlan.calico type bridge',
    mend: () => 'ip link delete vxlan.calico',
  },
  'flannel-left': {
    what: 'the interface of a flannel that is gone',
    check: 'interfaces/leftovers',
    script: () => 'ip link add flannel.1 type vxlan id 1 dev eth0 dstport 8472',
    mend: () => 'ip link delete flannel.1',
  },
  networkd: {
    what: 'systemd-networkd at boot, with a file that takes every interface',
    check: 'interfaces/systemd-networkd',
    script: () =>
      `${write(NETWORK, '[Match]\nName=*\n[Network]\nDHCP=yes')} && systemctl --quiet enable systemd-networkd`,
    mend: () => `systemctl --quiet disable systemd-networkd; rm -f ${NETWORK}`,
  },
  'rp-filter': {
    what: 'a strict reverse path filter on a node of two networks',
    check: 'kernel/sysctl-rp-filter',
    script: () =>
      `${veth('eth2', 'up')} && ip addr add 10.78.0.5/24 dev eth2 && ip route add 10.79.0.0/16 via 10.78.0.1 dev eth2 onlink && ${setNet('ipv4/conf/all/rp_filter', '1')}`,
    mend: () => `ip link delete eth2; ${setNet('ipv4/conf/all/rp_filter', '0')}`,
  },
  'ip-forward': {
    what: 'forwarding off',
    check: 'kernel/sysctl-ip-forward',
    script: () => setNet('ipv4/ip_forward', '0'),
    mend: () => setNet('ipv4/ip_forward', '1'),
  },
  'ip-forward-file': {
    what: 'a file of sysctl.d that turns forwarding off',
    check: 'kernel/sysctl-ip-forward',
    script: () => write(HARDENING, 'net.ipv4.ip_forward = 0'),
    mend: () => `rm -f ${HARDENING} && ${setNet('ipv4/ip_forward', '1')}`,
  },
};
