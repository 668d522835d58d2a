import { parseCidr } from '../../src/domain/cidr.js';
import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

/** One address of the node. */
export type NodeAddress = {
  readonly device: string;
  /** With its prefix length and the host's own bits: `10.0.0.5/24`. */
  readonly address: string;
  /** `global`, `link`, `host`, `site`; empty when it is not said. */
  readonly scope: string;
  /** `secondary`, `deprecated`, `temporary`, `tentative`, `dynamic` … as far as they are said. */
  readonly flags: readonly string[];
};
/** An interface; what the output does not say is null or empty. */
export type Link = {
  readonly name: string;
  readonly index: number;
  /** `UP`, `LOWER_UP`, `NO-CARRIER` … */
  readonly flags: readonly string[];
  readonly mtu: number | null;
  /** `UP`, `DOWN`, `UNKNOWN` … */
  readonly state: string;
  readonly master: string;
  /** `ether`, `ipip`, `none`, `loopback` … */
  readonly linkType: string;
  readonly mac: string;
  /** `veth`, `vxlan`, `vlan` …; empty for an adapter of its own; null when no details were printed. */
  readonly kind: string | null;
  /** Behind the `@`: the device below, or `if12` for one in another namespace. */
  readonly lower: string;
};
export type IpAddr = {
  readonly devices: readonly string[];
  readonly links: readonly Link[];
  readonly addresses: readonly NodeAddress[];
};

const HEAD = /^(\d{1,9}): ([^\s:@]{1,15})(?:@(\S{1,20}?))?:? /;
const LINK = /^\s{1,20}link\/([a-z0-9_]{1,20})(?: ([0-9a-fA-F:.]{2,60}))?(?:\s|$)/;
// An alias is free text: only the place at the start of a line tells an address.
const ADDRESS =
  /^(?:\d{1,9}: \S{1,40})?\s{1,40}inet6? ([0-9a-fA-F:.]{2,45})(?: peer ([0-9a-fA-F:.]{2,45}))?(?:\/(\d{1,3}))?\s/;
const FLAGS =
  'secondary deprecated temporary tentative dadfailed dynamic noprefixroute mngtmpaddr'.split(' ');
// The kinds of devices that iproute2 describes on a line of their own.
const KINDS = new Set(
  'veth vxlan bridge bond vlan dummy wireguard ipip ip6tnl sit gre gretap ip6gre ip6gretap erspan geneve tun macvlan macvtap ipvlan ipvtap vrf team ifb vti vti6 xfrm netkit nlmon ipoib vcan hsr macsec'.split(
    ' ',
  ),
);

/** Of a point-to-point address only our own end counts, whose prefix length is not said. */
function addressOf(device: string, line: string): NodeAddress | null {
  const [all, own, peer, length] = ADDRESS.exec(`${line} `) ?? [];
  if (all === undefined || own === undefined) return null;
  const address = peer !== undefined || length === undefined ? own : `${own}/${length}`;
  if (parseCidr(address) === null) throw new ProbeParseError('an address that is none');
  const words = line.slice(all.length - 1, all.length + 400).split(' ');
  const at = words.indexOf('scope');
  return {
    device,
    address,
    scope: at === -1 ? '' : (words[at + 1] ?? '').slice(0, 20),
    flags: FLAGS.filter((flag) => words.includes(flag, at + 1)),
  };
}

function headOf(line: string): Link | null {
  const [all, index = '', name, lower = ''] = HEAD.exec(line) ?? [];
  if (all === undefined || name === undefined) return null;
  const rest = line.slice(all.length, all.length + 600);
  const words = rest.split(' ');
  const after = (key: string): string => {
    const at = words.indexOf(key);
    return at === -1 ? '' : (words[at + 1] ?? '').slice(0, 20);
  };
  const mtu = after('mtu');
  return {
    name,
    index: Number(index),
    flags: (/^<([A-Z0-9_,-]{0,300})>/.exec(rest)?.[1] ?? '').split(',').filter(Boolean),
    mtu: /^\d{1,6}$/.test(mtu) ? Number(mtu) : null,
    state: after('state'),
    master: after('master'),
    linkType: '',
    mac: '',
    kind: null,
    lower: lower.replace(/:$/, ''),
  };
}

/** What a line adds to its interface: the line `link/…`, or the details behind it. */
function described(link: Link, line: string, behindLink: boolean): Link {
  const [, linkType, mac = ''] = LINK.exec(line) ?? [];
  if (linkType !== undefined) {
    return { ...link, linkType, mac, kind: line.includes(' promiscuity ') ? '' : null };
  }
  const kind = behindLink && link.kind === '' ? (line.trim().split(' ', 1)[0] ?? '') : '';
  return KINDS.has(kind) ? { ...link, kind } : link;
}

/** The last line of a text that was cut within it; iproute2 and BusyBox end every line. */
function isHalf(line: string): boolean {
  if (/valid_lft/.test(line)) return !/ preferred_lft (?:forever|\d{1,12}sec)\s*$/.test(line);
  if (/^\s+inet6? /.test(line)) return !/ scope \S+( |$)/.test(line);
  if (/^\s+link\//.test(line)) return !/^\s+link\/(?:none|\S+ \S+ brd \S+)/.test(line);
  return HEAD.test(line) || line.trim() === '';
}

const isHead = (line: string): boolean => HEAD.test(line) && line.includes(': <');

/** Why a pasted text is not the whole list; null where nothing speaks against it. */
function partOf(lines: readonly string[], { devices, links }: IpAddr): string | null {
  // Every network namespace has it, and its index is the first (Linux, LOOPBACK_IFINDEX).
  if (!links.some(({ name, index }) => name === 'lo' && index === 1))
    return 'it does not list lo, so that its beginning was lost, or it is a part';
  if (links.length === 1) return 'it lists no interface but lo';
  const absent = links.find(({ master }) => master !== '' && !devices.includes(master));
  return absent === undefined
    ? null
    : `it does not list ${absent.master}, to which ${absent.name} belongs`;
}

/** Whether a list ends behind the head of an interface, or behind an address without the line that follows each. */
function endsWithin(lines: readonly string[]): boolean {
  const last = lines.at(-1) ?? '';
  const hasLifetimes = lines.some((line) => /^\s+valid_lft /.test(line));
  return (isHead(last) && !last.includes(' link/')) || (hasLifetimes && /^\s+inet6? /.test(last));
}

function parse(stdout: string, exit: number | null): IpAddr {
  if (!stdout.endsWith('\n') && isHalf(stdout.slice(stdout.lastIndexOf('\n') + 1)))
    throw new ProbeParseError('it was cut within a line');
  const lines = linesOf(stdout);
  const read = readLines(lines);
  if (read.links.length === 0) throw new ProbeParseError('it names no interface');
  // Two lists, of two nodes or of two moments.
  if (exit === null && lines.filter(isHead).length > read.links.length)
    throw new ProbeParseError('it lists an interface twice');
  if (exit === null && endsWithin(lines)) throw new ProbeParseError('it ends within an interface');
  return read;
}

function readLines(lines: readonly string[]): IpAddr {
  const links = new Map<string, Link>();
  const addresses: NodeAddress[] = [];
  let [name, behindLink] = ['', false];
  for (const line of lines) {
    const head = headOf(line);
    // What follows would be taken for the interface before, its addresses too.
    if (head === null && /^\d/.test(line)) throw new ProbeParseError('an interface without a name');
    name = head?.name ?? name;
    // `ip -o addr` heads every address; it says no more of the interface than the first time.
    const link = links.get(name) ?? head;
    if (link === null) throw new ProbeParseError('it does not begin with an interface');
    links.set(name, described(link, line, behindLink));
    behindLink = LINK.test(line);
    const address = addressOf(name, line);
    if (address !== null) addresses.push(address);
  }
  return { devices: [...links.keys()], links: [...links.values()], addresses };
}

/** `ip addr`, and the one-line form of `ip -o addr`. */
export const ipAddr = defineProbe<IpAddr>({
  id: 'ip-addr',
  command: 'ip addr',
  // Details tell a veth from a dummy; BusyBox does not print them.
  script: 'ip -d addr 2>/dev/null || ip addr || ip -o addr',
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 4 << 20,
  fields: {
    devices: 'plain',
    'links.name': 'plain',
    'links.index': 'plain',
    'links.flags': 'plain',
    'links.mtu': 'plain',
    'links.state': 'plain',
    'links.master': 'plain',
    'links.linkType': 'plain',
    'links.mac': 'mac',
    'links.kind': 'plain',
    'links.lower': 'plain',
    'addresses.device': 'plain',
    'addresses.address': 'net-address',
    'addresses.scope': 'plain',
    'addresses.flags': 'plain',
  },
  recognises: (stdout) => /^1: lo(?:: <|\s+inet )/.test(stdout.slice(0, 2000)),
  parse: ({ stdout, exit }) => parse(stdout, exit),
  partOf: ({ stdout, exit }, value) => (exit === null ? partOf(linesOf(stdout), value) : null),
});
