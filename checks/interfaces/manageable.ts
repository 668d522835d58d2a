import { defineCheck, fail, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { globMatches } from '../../src/domain/glob.js';
import { reason } from '../../src/domain/reason.js';
import { ipAddr, type IpAddr } from '../probes/ip-addr.js';
import { netDevices, type NetDevices } from '../probes/net-devices.js';
import { networkManagers, type NetworkManagers } from '../probes/network-managers.js';
import { pageB } from '../requirements/sources.js';
import { isCalicoName } from './calico-interfaces.js';

type Facts = {
  readonly addresses?: IpAddr;
  readonly devices?: NetDevices;
  readonly managers?: NetworkManagers;
};
/** An interface with a name of Calico's; `kind` null where that was not said. */
type Taken = { readonly name: string; readonly kind: string | null; readonly master: string };

const ARPHRD: Readonly<Record<number, string>> = { 768: 'ipip', 65534: 'none', 772: 'loopback' };
const NOARP = 0x80;

// The kinds that Calico itself makes under these names (facts of the code: veth and ipip pairs, vxlan, wireguard).
const KINDS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^cali/, ['veth', 'netkit']],
  [/^tunl/, ['ipip']],
  [/^vxlan/, ['vxlan']],
  [/^(?:wireguard|wg-v6)\.cali$/, ['wireguard', 'none']],
];

const fromIp = ({ links }: IpAddr): readonly Taken[] =>
  links.map(({ name, kind, linkType, master }) => {
    // Without details the link layer still tells IP-in-IP and WireGuard from the rest.
    const byLink = ['', 'ether'].includes(linkType) ? null : linkType;
    const plain = kind === '' && linkType === 'ether' ? 'adapter' : byLink;
    return { name, master, kind: kind === null || kind === '' ? plain : kind };
  });

const fromSys = ({ devices }: NetDevices): readonly Taken[] =>
  devices.map(({ name, kind, type, flags, master }) => {
    const plain = (flags & NOARP) === 0 ? null : 'dummy';
    return { name, master, kind: kind === '' ? (ARPHRD[type] ?? plain) : kind };
  });

const wrongKind = ({ name, kind }: Taken): boolean =>
  kind !== null && KINDS.some(([names, kinds]) => names.test(name) && !kinds.includes(kind));

function takenOf({ addresses, devices }: Facts): readonly Taken[] | null {
  if (addresses === undefined && devices === undefined) return null;
  const all = addresses === undefined ? fromSys(devices ?? { devices: [] }) : fromIp(addresses);
  return all.filter(({ name }) => isCalicoName(name));
}

/** Whether dhcpcd leaves interfaces of pods alone: denied by name, or others allowed and these not. */
function dhcpcdTakes({ dhcpcdForAll, lines }: NetworkManagers): boolean {
  if (!dhcpcdForAll) return false;
  const listed = (key: string): readonly string[] =>
    lines.flatMap((line) => (line.startsWith(key) ? line.split(/[\s,]+/).slice(1) : []));
  const [denied, allowed] = [listed('denyinterfaces'), listed('allowinterfaces')];
  const names = ['cali3f07a5d1e2b', 'tunl0', 'vxlan.calico'];
  const takes = (name: string): boolean =>
    !denied.some((glob) => globMatches(glob, name)) &&
    (allowed.length === 0 || allowed.some((glob) => globMatches(glob, name)));
  return names.some(takes);
}

const EXPECTED =
  'Calico alone makes and manages cali*, tunl*, vxlan.calico and its other interfaces';

function judge(facts: Facts): Verdict {
  const taken = takenOf(facts);
  if (taken === null) {
    const why = reason('not-run', 'the interfaces of the node are not known');
    return unknown(why, 'Run ip addr on the node.');
  }
  const owned = taken.filter(({ master }) => master !== '');
  const wrong = taken.filter(wrongKind);
  const texts = [
    ...owned.map(({ name, master }) => `${name} is a port of ${master}`),
    ...wrong.map(({ name, kind }) => `${name} is a device of another kind: ${kind ?? ''}`),
  ];
  if (texts.length > 0) return fail(texts.slice(0, 5).join('; '), EXPECTED);
  const managers = [
    ...(facts.managers !== undefined && dhcpcdTakes(facts.managers) ? ['dhcpcd'] : []),
    ...(facts.managers?.connman === true ? ['ConnMan'] : []),
  ];
  if (managers.length > 0) {
    const found = `${managers.join(' and ')} looks after every interface that appears`;
    return warn(
      `${found} (that this harms Calico was not verified)`,
      'denyinterfaces cali* tunl* vxlan.calico in dhcpcd.conf, or NetworkInterfaceBlacklist of ConnMan',
    );
  }
  return pass(
    taken.length === 0
      ? 'no interface has a name of Calico yet'
      : `${String(taken.length)} interfaces have names of Calico, and none is of another kind or a port of a bridge`,
  );
}

function fixes(facts: Facts): readonly Fix[] {
  const owned = (takenOf(facts) ?? []).filter(
    ({ name, master }) => /^[\w.-]+$/.test(name) && /^[\w.-]+$/.test(master),
  );
  if (owned.length === 0) return [];
  const names = owned.map(({ name }) => name).join(', ');
  return [
    {
      way: 'release',
      summary: `Take ${names} out of the bridge or bond that holds it.`,
      kind: 'disruptive',
      consentWord: 'release',
      loses: ['Whatever reaches these interfaces through the bridge no longer does.'],
      files: [],
      units: [],
      commands: owned.map(({ name }) => `/usr/sbin/ip link set dev ${name} nomaster`),
      undoCommands: owned.map(
        ({ name, master }) => `/usr/sbin/ip link set dev ${name} master ${master}`,
      ),
      disturbsNetwork: true,
      needsReboot: false,
      byHandOnly: true,
      byHand:
        'Run ip link set dev NAME nomaster for each, and find out what put it there: it will do so again.',
    },
  ];
}

export const manageable = defineCheck({
  id: 'interfaces/manageable',
  title: 'Nothing but Calico makes or holds interfaces of its names',
  why: 'Calico makes, configures and removes these interfaces. One that another program made, or that is a port of a bridge, carries no pod traffic, and Felix cannot replace it.',
  sources: [
    pageB(
      'B2',
      'node-requirements',
      'Calico must be able to manage cali*, tunl* and vxlan.calico on the host.',
    ),
  ],
  severity: 'required',
  waivable: true,
  rule: () =>
    'Passes on a node without such interfaces. Fails when one of these names is a device of another kind than Calico makes, or a port of a bridge or bond; warns when dhcpcd or ConnMan looks after all interfaces (unverified). NetworkManager and systemd-networkd have checks of their own.',
  needs: {},
  witnesses: { addresses: ipAddr, devices: netDevices, managers: networkManagers },
  breaks: ['traffic of the pods or tunnels whose interface is taken'],
  judge,
  fixes,
  example: {
    addresses: {
      devices: [],
      addresses: [],
      links: [
        {
          name: 'cali0123456789a',
          index: 7,
          flags: ['UP'],
          mtu: 1500,
          state: 'UP',
          master: 'br0',
          linkType: 'ether',
          mac: '',
          kind: 'veth',
          lower: '',
        },
      ],
    },
  },
});
