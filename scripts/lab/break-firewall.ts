import { NAME_ALONE, write, type Breakages } from './breakage.js';

const list = (ports: readonly number[]): string => ports.map((port) => `${String(port)},`).join('');

/** Takes ports until it is stopped, under a name that is none of Calico's. */
const holder = (unit: string, tcp: readonly number[], udp: readonly number[]): string =>
  `systemd-run --quiet --unit=${unit} --service-type=exec python3 -c "
import socket, time
held = [socket.socket(type=socket.SOCK_STREAM) for _ in (${list(tcp)})] + [socket.socket(type=socket.SOCK_DGRAM) for _ in (${list(udp)})]
for one, port in zip(held, (${list([...tcp, ...udp])})): one.bind((str(), port))
for one in held[:${String(tcp.length)}]: one.listen()
time.sleep(10**6)
" && until ss -Hlntu | grep -q ":${String([...tcp, ...udp].at(-1))} "; do sleep 0.05; done`;

/** Stops a holder if it is there. */
const free = (unit: string): string => `systemctl --quiet stop ${unit} 2>/dev/null; true`;

const NFT_FILE = `#!/usr/sbin/nft -f
flush ruleset
table inet lab {
  chain input {
    type filter hook input priority 0; policy accept;
    tcp dport 179 drop
  }
}`;
const KUBE_RULES = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FORWARD - [0:0]
:cali-FORWARD - [0:0]
-A FORWARD -j cali-FORWARD
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
COMMIT`;
/** The state that Docker keeps of a swarm. */
const SWARM = '/var/lib/docker/swarm/docker-state.json';
const UNIT = `[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
[Install]
WantedBy=multi-user.target`;

const unitFile = (name: string): string => write(`/etc/systemd/system/${name}.service`, UNIT);
const enableUnit = (name: string): string =>
  `${unitFile(name)} && systemctl daemon-reload && systemctl --quiet enable --now ${name}`;
const removeUnit = (name: string): string =>
  `systemctl --quiet disable --now ${name} 2>/dev/null; rm -f /etc/systemd/system/${name}.service && systemctl daemon-reload`;

/** Rules, services and programs that keep out or take what Calico needs. */
export const FIREWALL_BREAKAGES: Breakages = {
  firewalld: {
    what: 'firewalld on, now and at boot',
    breaks: { 'firewall/firewalld': 'firewalld is running' },
    // Started means that the name is taken; it answers once its rules are in.
    script: () => 'systemctl enable --now firewalld && firewall-cmd --state > /dev/null',
    mend: () => 'systemctl disable --now firewalld',
  },
  'nftables-service': {
    what: 'nftables.service with a file that flushes everything and drops BGP',
    breaks: { 'firewall/nftables-service': 'flush ruleset' },
    script: () =>
      `cp -n /etc/nftables.conf /root/nftables.conf && ${write('/etc/nftables.conf', NFT_FILE)} && systemctl enable --now nftables`,
    mend: () =>
      'systemctl disable --now nftables; ! [ -e /root/nftables.conf ] || mv /root/nftables.conf /etc/nftables.conf',
  },
  'iptables-service': {
    what: 'iptables.service on',
    breaks: { 'firewall/iptables-service': 'iptables.service' },
    standIn: NAME_ALONE,
    script: () => enableUnit('iptables'),
    mend: () => removeUnit('iptables'),
  },
  fail2ban: {
    what: 'fail2ban on',
    breaks: { 'firewall/others': 'fail2ban' },
    standIn: NAME_ALONE,
    script: () => enableUnit('fail2ban'),
    mend: () => removeUnit('fail2ban'),
  },
  'iptables-mix': {
    what: 'chains of kube-proxy in legacy iptables, of Calico in those of nft',
    breaks: { 'kernel/iptables-backend': 'legacy' },
    script: () =>
      'iptables-legacy -N KUBE-SERVICES && iptables-nft -N cali-FORWARD && iptables-nft -A FORWARD -j cali-FORWARD',
    mend: () =>
      'iptables-legacy -X KUBE-SERVICES 2>/dev/null; iptables-nft -D FORWARD -j cali-FORWARD 2>/dev/null; iptables-nft -X cali-FORWARD 2>/dev/null; true',
  },
  'docker-forward': {
    what: 'the FORWARD chain as Docker leaves it: policy DROP',
    breaks: { 'firewall/docker-forward-policy': 'DROP' },
    script: () =>
      'iptables-nft -N DOCKER-USER && iptables-nft -A FORWARD -j DOCKER-USER && iptables-nft -P FORWARD DROP',
    mend: () =>
      'iptables-nft -P FORWARD ACCEPT; iptables-nft -D FORWARD -j DOCKER-USER 2>/dev/null; iptables-nft -X DOCKER-USER 2>/dev/null; true',
  },
  'stale-saved-rules': {
    what: 'saved rules that hold chains of kube-proxy and Calico',
    breaks: { 'firewall/stale-saved-rules': '/etc/iptables/rules.v4' },
    script: () => write('/etc/iptables/rules.v4', KUBE_RULES),
    mend: () => 'rm -rf /etc/iptables',
  },
  'bgp-port': {
    what: 'another program on TCP 179',
    breaks: { 'firewall/bgp-port-owner': 'python3' },
    script: () => holder('lab-bgp-port', [179], []),
    mend: () => free('lab-bgp-port'),
  },
  ufw: {
    what: 'ufw on, with a rule for ssh alone',
    breaks: { 'firewall/ufw': 'ufw is active' },
    packages: true,
    script: () => 'ufw allow 22/tcp > /dev/null && ufw --force enable > /dev/null',
    mend: () => 'ufw --force reset > /dev/null && iptables-nft -P FORWARD ACCEPT',
  },
  swarm: {
    what: 'the port and the state of a Docker swarm',
    breaks: { 'platform/docker-swarm-vxlan': 'a Docker swarm runs here' },
    standIn: 'a program that listens in the place of dockerd',
    script: () => `${holder('lab-swarm', [7946], [])} && ${write(SWARM, '{}')}`,
    mend: () => `rm -rf /var/lib/docker; ${free('lab-swarm')}`,
  },
  ports: {
    what: 'another program on TCP 5473, TCP 9099 and UDP 4789',
    breaks: { 'firewall/port-conflicts': 'python3' },
    script: () => holder('lab-ports', [5473, 9099], [4789]),
    mend: () => free('lab-ports'),
  },
};
