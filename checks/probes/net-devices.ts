import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

/** An interface as the kernel shows it under /sys/class/net. */
export type NetDevice = {
  readonly name: string;
  readonly index: number;
  /** ARPHRD number: 1 Ethernet, 768 IP-in-IP, 772 loopback, 65534 none (WireGuard, tun). */
  readonly type: number;
  /** `vlan`, `bond`, `bridge`, `vxlan`, `wireguard`, `wlan` …; empty for plain Ethernet, veth and dummy. */
  readonly kind: string;
  /** `up`, `down`, `lowerlayerdown`, `unknown` … */
  readonly operstate: string;
  readonly mtu: number;
  /** IFF_ flags of linux/if.h; IFF_RUNNING is not among them. */
  readonly flags: number;
  readonly mac: string;
  /** How the address came about: 0 burnt in, 1 random, 2 stolen, 3 set; null when the kernel does not say. */
  readonly macOrigin: number | null;
  /** The driver of a real or virtual adapter; empty for devices that are only software. */
  readonly driver: string;
  /** The bridge, bond or team above it; empty when there is none. */
  readonly master: string;
  /** What it stands on: the parent of a VLAN, the ports of a bond. */
  readonly lowers: readonly string[];
};

// Builtins alone, and no subshell for a device: `cd -P` and PWD read a link without a process. A name holds neither blank nor slash (the kernel's
// dev_valid_name), so one line of words is one device.
const SCRIPT = `(
cd /sys/class/net 2>/dev/null || { echo 'there is no /sys/class/net' >&2; exit 127; }
# A container may see the /sys of its host: its devices are then not those of /proc/net.
foreign() { echo '/sys/class/net shows the devices of another network namespace' >&2; exit 1; }
A=' '
while IFS=': 	' read -r n _; do A="$A$n "; done </proc/net/dev
for d in *; do
  [ -e "$d/ifindex" ] || continue
  case $A in *" $d "*) ;; *) foreign ;; esac
done
while read -r i n _; do
  read -r V 2>/dev/null <"$n/ifindex" || foreign
  [ "$V" = "$i" ] || foreign
done 2>/dev/null </proc/net/dev_mcast
get() { read -r V 2>/dev/null <"$d/$1" || V=; V=\${V%% *}; }
link() {
  V=
  [ -e "$d/$1" ] || return 0
  cd -P "$d/$1" 2>/dev/null || return 0
  V=\${PWD##*/}
  cd /sys/class/net || exit 1
}
for d in *; do
  [ -e "$d/ifindex" ] || continue
  K=
  while IFS= read -r L; do
    case $L in DEVTYPE=*) K=\${L#DEVTYPE=} ;; esac
  done 2>/dev/null <"$d/uevent"
  P=
  for l in "$d"/lower_*; do
    [ ! -e "$l" ] || [ "$K" = bridge ] || P=$P/\${l##*/lower_}
  done
  printf '%s' "$d"
  for a in ifindex type operstate mtu flags address addr_assign_type; do get $a; printf ' %s=%s' $a "$V"; done
  link device/driver; D=$V
  link master
  printf ' kind=%s driver=%s lowers=%s master=%s\\n' "\${K%% *}" "$D" "$P" "$V"
done
)`;

const KEYS = ['ifindex', 'type', 'operstate', 'mtu', 'flags', 'address', 'addr_assign_type'];
const ALL = [...KEYS, 'kind', 'driver', 'lowers', 'master'] as const;
const NAME = /^[^\s/:]{1,15}$/;

function number(values: ReadonlyMap<string, string>, key: string): number {
  const text = values.get(key) ?? '';
  if (!/^(?:\d{1,10}|0x[0-9a-f]{1,8})$/.test(text)) throw new ProbeParseError(`no ${key}`);
  return Number(text);
}

function deviceOf(line: string): NetDevice {
  const [name = '', ...words] = line.split(' ');
  const values = new Map(
    words.map((word) => {
      const equals = word.indexOf('=');
      return [word.slice(0, Math.max(0, equals)), word.slice(equals + 1)] as const;
    }),
  );
  if (!NAME.test(name) || words.length !== ALL.length || !ALL.every((key) => values.has(key))) {
    throw new ProbeParseError('a line that is no interface');
  }
  const text = (key: (typeof ALL)[number]): string => (values.get(key) ?? '').slice(0, 128);
  return {
    name,
    index: number(values, 'ifindex'),
    type: number(values, 'type'),
    kind: text('kind'),
    operstate: text('operstate'),
    mtu: number(values, 'mtu'),
    flags: number(values, 'flags'),
    mac: text('address'),
    macOrigin: values.get('addr_assign_type') === '' ? null : number(values, 'addr_assign_type'),
    driver: text('driver'),
    master: text('master'),
    lowers: (values.get('lowers') ?? '').split('/').filter((lower) => NAME.test(lower)),
  };
}

export type NetDevices = { readonly devices: readonly NetDevice[] };

/** Every network interface of the node's own namespace. */
export const netDevices = defineProbe<NetDevices>({
  id: 'net-devices',
  command: 'grep -s . /sys/class/net/*/{ifindex,type,operstate,mtu,flags,address,uevent}',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 1 << 20,
  fields: {
    'devices.name': 'plain',
    'devices.index': 'plain',
    'devices.type': 'plain',
    'devices.kind': 'plain',
    'devices.operstate': 'plain',
    'devices.mtu': 'plain',
    'devices.flags': 'plain',
    'devices.mac': 'mac',
    'devices.macOrigin': 'plain',
    'devices.driver': 'plain',
    'devices.master': 'plain',
    'devices.lowers': 'plain',
  },
  parse: ({ stdout }) => {
    const devices = linesOf(stdout).map(deviceOf);
    if (devices.length === 0) throw new ProbeParseError('it names no interface');
    return { devices };
  },
});
