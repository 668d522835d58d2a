import type { CalicoSetting } from '../../src/domain/calico-setting.js';
import {
  defineCheck,
  pass,
  unknown,
  warn,
  type NodeContext,
  type Verdict,
} from '../../src/domain/check.js';
import { usesIpip, type Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { ipAddr, type IpAddr, type Link } from '../probes/ip-addr.js';
import { ipRoute, type Route } from '../probes/ip-route.js';
import { candidates, expectedOf, unicastAddresses } from './candidates.js';

type Facts = {
  readonly addresses?: IpAddr;
  readonly routes?: { readonly routes: readonly Route[] };
};

// The default of mtuIfacePattern, and what findHostMTU takes where nothing matches (felix/dataplane/linux).
const PATTERN = /^(?:(?:en|wl|ww|sl|ib)[Pcopsvx]|eth|wlan|wwan)/;
const FALLBACK = 1460;

// A node may be known by an address of these; what it sends leaves by another interface.
const INNER = /^(?:lo|dummy)/;

/** Bytes that an enabled encapsulation puts in front of a packet of a pod; the largest counts. */
export function overheadOf(intent: Intent): { readonly bytes: number; readonly by: string } {
  const v6 = intent.ipFamilies.includes('ipv6');
  const vxlan = intent.network === 'flannel' || intent.encapsulation.startsWith('vxlan');
  const used = [
    { bytes: 0, by: 'no encapsulation' },
    ...(usesIpip(intent) ? [{ bytes: 20, by: 'IP-in-IP' }] : []),
    ...(vxlan ? [v6 ? { bytes: 70, by: 'VXLAN over IPv6' } : { bytes: 50, by: 'VXLAN' }] : []),
    ...(['ipv4', 'both'].includes(intent.wireguard) ? [{ bytes: 60, by: 'WireGuard' }] : []),
    ...(['ipv6', 'both'].includes(intent.wireguard)
      ? [{ bytes: 80, by: 'WireGuard over IPv6' }]
      : []),
  ];
  return used.reduce((most, one) => (one.bytes > most.bytes ? one : most));
}

type WithMtu = Link & { readonly mtu: number };
const hasMtu = (link: Link): link is WithMtu => link.mtu !== null;
/** As Felix asks: the kernel reports the interface as running. */
const isUp = ({ flags }: Link): boolean => flags.includes('UP') && !flags.includes('NO-CARRIER');
const least = (links: readonly WithMtu[]): WithMtu | undefined =>
  links.toSorted((a, b) => a.mtu - b.mtu)[0];

/** The interfaces by which the other nodes reach this one. */
function carriers({ addresses, routes }: Facts, { intent, node }: NodeContext): readonly WithMtu[] {
  if (addresses === undefined) return [];
  const names = intent.ipFamilies.flatMap((family) => {
    const number = family === 'ipv4' ? 4 : 6;
    const all = unicastAddresses(addresses, number).filter(({ device }) => !INNER.test(device));
    const expected = expectedOf(all, routes?.routes ?? [], node, number)?.candidate;
    const device = (expected ?? candidates(addresses, number)[0])?.device;
    return device === undefined ? [] : [device];
  });
  return addresses.links.filter(({ name }) => names.includes(name)).filter(hasMtu);
}

type Sums = {
  readonly predicted: number;
  readonly right: number;
  readonly how: string;
  readonly carrier: string;
};

function sumsOf(facts: Facts, context: NodeContext): Sums | null {
  const links = (facts.addresses?.links ?? []).filter(hasMtu);
  const carrier = least(carriers(facts, context));
  if (carrier === undefined) return null;
  const { bytes, by } = overheadOf(context.intent);
  const matched = least(links.filter((link) => isUp(link) && PATTERN.test(link.name)));
  const base = matched?.mtu ?? FALLBACK;
  const from =
    matched === undefined
      ? `no interface has a name that Calico measures, so it assumes ${String(FALLBACK)}`
      : `${matched.name} has ${String(base)}`;
  const { mtu } = context.intent;
  return {
    predicted: mtu === 'auto' ? base - bytes : mtu,
    right: carrier.mtu - bytes,
    how: mtu === 'auto' ? `${from}, less ${String(bytes)} for ${by}` : 'as the intent says',
    carrier: `${carrier.name}, which carries the traffic of the node, has ${String(carrier.mtu)}`,
  };
}

function judge(facts: Facts, context: NodeContext): Verdict {
  const sums = sumsOf(facts, context);
  if (sums === null) {
    const why = reason(
      'not-run',
      'the interface that carries the traffic of the node is not known',
    );
    return unknown(why, 'Run ip addr on the node.');
  }
  const { predicted, right, how, carrier } = sums;
  const found = `pods would get an MTU of ${String(predicted)} (${how})`;
  if (predicted === right) return pass(found);
  // A smaller one that somebody chose is his to choose; other nodes may need it.
  if (predicted < right && context.intent.mtu !== 'auto') return pass(found);
  const effect = predicted > right ? 'large packets are lost' : 'the network could carry more';
  return warn(`${found}; ${carrier}: ${effect}`, `an MTU of ${String(right)} for pods`);
}

function settings(facts: Facts, context: NodeContext): readonly CalicoSetting[] {
  const sums = sumsOf(facts, context);
  if (sums === null) return [];
  const why = `${sums.carrier}; Calico would choose ${String(sums.predicted)}: ${sums.how}`;
  return [{ installation: 'spec.calicoNetwork.mtu', manifest: 'veth_mtu', value: sums.right, why }];
}

export const mtu = defineCheck({
  id: 'addresses/mtu',
  title: 'Calico would choose the right MTU for pods',
  why: 'With an MTU that is too large, small packets pass and large ones vanish: connections open and then hang. One that is too small wastes what the network can carry.',
  sources: [
    {
      page: 'Configure MTU',
      url: 'https://docs.tigera.io/calico/latest/networking/configuring/mtu',
      date: '2026-08-21',
      says: 'Calico takes the smallest MTU of the interfaces that match mtuIfacePattern, less the overhead: IP-in-IP 20, VXLAN 50 (IPv6 70), WireGuard 60 (IPv6 80) bytes.',
    },
    {
      page: 'MTU of bond0 and em1: calico issues 4522, 8674, 12530',
      url: 'https://github.com/projectcalico/calico/issues/12530',
      date: '2026-08-23',
      says: 'Bonds, bridges, teams and adapters named em1 or p1p1 are not matched by the default pattern.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  skip: ({ network }) =>
    network === 'aws-vpc' || network === 'azure'
      ? 'pods get interfaces of the cloud network'
      : null,
  disagreement: `The page (2026-08-21) gives the rule. That ${String(FALLBACK)} is assumed where no running interface has a name that matches, the code alone says (felix/dataplane/linux/int_dataplane.go, findHostMTU, read 2026-08-22). The code judges.`,
  rule: (intent) => {
    const { bytes, by } = overheadOf(intent);
    const chosen =
      intent.mtu === 'auto'
        ? `the smallest MTU of running interfaces whose names match Calico's pattern (${String(FALLBACK)} where none does) less ${String(bytes)} for ${by}`
        : `the ${String(intent.mtu)} of the intent`;
    return `Compares ${chosen} with the MTU of the interface that carries the node's traffic less ${String(bytes)}; warns when they differ.`;
  },
  needs: {},
  witnesses: { addresses: ipAddr, routes: ipRoute },
  breaks: ['large packets between pods of different nodes'],
  judge,
  settings,
});
