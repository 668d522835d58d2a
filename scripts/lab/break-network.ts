import { setNet, unlink, write, type Breakages } from './breakage.js';

const veth = (name: string, rest: string): string =>
  `ip link add ${name} type veth peer name ${name}p && ip link set ${name}p up && ip link set ${name} ${rest}`;
/** One with an address. NetworkManager would take it and the address off, so it comes only once that lets go. */
const nic = (name: string, address: string): string =>
  `${veth(name, 'down')} && until nmcli -t -f DEVICE,STATE device | grep -q "^${name}:unmanaged"; do nmcli device set ${name} managed no; sleep 0.05; done && ip link set ${name} up && ip addr add ${address} dev ${name}`;
/** Linux before 6.2 renames only what is down; addresses stay either way. */
const rename = (from: string, to: string): string =>
  `{ ip link set ${from} name ${to} 2>/dev/null || { ip link set ${from} down && ip link set ${from} name ${to} && ip link set ${to} up; }; }`;
const NETWORK = '/etc/systemd/network/20-wired.network';
const HARDENING = '/etc/sysctl.d/99-hardening.conf';

/** Interfaces, addresses and settings of the network. */
export const NETWORK_BREAKAGES: Breakages = {
  'second-nic': {
    what: 'a second interface with an address of another network',
    breaks: {
      'addresses/autodetection': '10.77.0.5 on ens10',
      'cluster/same-subnet': '10.77.0.0/24: node-1',
    },
    script: () => nic('ens10', '10.77.0.5/24'),
    mend: () => unlink('ens10'),
  },
  'no-eth': {
    what: 'the only interface by another name than ethN',
    breaks: { 'kube-proxy/ipvs-interface-names': 'no interface is named ethN: ens3' },
    script: () => `nmcli device set eth0 managed no && ${rename('eth0', 'ens3')}`,
    mend: () =>
      `! [ -e /sys/class/net/ens3 ] || { ${rename('ens3', 'eth0')} && nmcli device set eth0 managed yes; }`,
  },
  'same-address': {
    what: 'a second interface with the same address on two nodes',
    breaks: { 'addresses/duplicate': '10.88.0.5 on node-1, node-2' },
    onTwo: true,
    script: () => nic('ens11', '10.88.0.5/24'),
    mend: () => unlink('ens11'),
  },
  mtu: {
    what: 'a second interface whose MTU is smaller',
    breaks: { 'addresses/mtu': 'ens9' },
    script: () => veth('ens9', 'mtu 1280 up'),
    mend: () => unlink('ens9'),
  },
  'pool-overlap': {
    what: 'a container bridge inside 10.244.0.0/16 and 192.168.0.0/16',
    breaks: { 'addresses/pool-host-overlap': 'docker0' },
    script: () =>
      'ip link add docker0 type bridge && ip addr add 10.244.0.1/24 dev docker0 && ip addr add 192.168.200.1/24 dev docker0 && ip link set docker0 up',
    mend: () => unlink('docker0'),
  },
  'name-taken': {
    what: 'a bridge that is named vxlan.calico',
    breaks: { 'interfaces/manageable': 'vxlan.calico' },
    script: () => 'ip link add vxlan.calico type bridge',
    mend: () => unlink('vxlan.calico'),
  },
  'flannel-left': {
    what: 'the interface of a flannel that is gone',
    breaks: { 'interfaces/leftovers': 'flannel.1' },
    script: () => 'ip link add flannel.1 type vxlan id 1 dev eth0 dstport 8472',
    mend: () => unlink('flannel.1'),
  },
  networkd: {
    what: 'systemd-networkd at boot, with a file that takes every interface',
    breaks: { 'interfaces/systemd-networkd': '20-wired.network takes cali*' },
    script: () =>
      `${write(NETWORK, '[Match]\nName=*\n[Network]\nDHCP=yes')} && systemctl --quiet enable systemd-networkd`,
    mend: () => `systemctl --quiet disable systemd-networkd 2>/dev/null; rm -f ${NETWORK}`,
  },
  'rp-filter': {
    what: 'a strict reverse path filter on a node of two networks',
    breaks: { 'kernel/sysctl-rp-filter': 'ens12' },
    script: () =>
      `${nic('ens12', '10.78.0.5/24')} && ip route add 10.79.0.0/16 via 10.78.0.1 dev ens12 onlink && ${setNet('ipv4/conf/all/rp_filter', '1')}`,
    mend: () => `${unlink('ens12')}; ${setNet('ipv4/conf/all/rp_filter', '0')}`,
  },
  'ip-forward': {
    what: 'forwarding off',
    breaks: { 'kernel/sysctl-ip-forward': 'net.ipv4.ip_forward = 0' },
    script: () => setNet('ipv4/ip_forward', '0'),
    mend: () => setNet('ipv4/ip_forward', '1'),
  },
  'ip-forward-file': {
    what: 'a file of sysctl.d that turns forwarding off',
    breaks: { 'kernel/sysctl-ip-forward': '99-hardening.conf' },
    script: () => write(HARDENING, 'net.ipv4.ip_forward = 0'),
    mend: () => `rm -f ${HARDENING} && ${setNet('ipv4/ip_forward', '1')}`,
  },
};
