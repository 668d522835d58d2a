import type { CalicoSetting } from '../../src/domain/calico-setting.js';
import {
  defineCheck,
  fail,
  pass,
  unknown,
  warn,
  type NodeContext,
  type Verdict,
} from '../../src/domain/check.js';
import { overlaps, parseCidr } from '../../src/domain/cidr.js';
import { reason } from '../../src/domain/reason.js';
import { someOf } from '../../src/domain/some-of.js';
import { ipAddr, type IpAddr } from '../probes/ip-addr.js';
import { ipRoute, type Route } from '../probes/ip-route.js';
import {
  candidates,
  expectedOf,
  lacksFamily,
  mayHideIpv6,
  unicastAddresses,
  type Candidate,
} from './candidates.js';

type Facts = {
  readonly addresses?: IpAddr;
  readonly routes?: { readonly routes: readonly Route[] };
};
/** What is to be said of one family; `network` is the range to write into Calico's configuration. */
type Prediction = {
  readonly family: 4 | 6;
  readonly trouble: 'none' | 'unseen' | 'nothing' | 'wrong' | 'several';
  readonly text: string;
  readonly network: string | null;
};

const NO_START = ': calico-node would not start';

/** Why nothing can be found of a family that the list does not show at all; null when it shows some of it. */
function absence(addresses: IpAddr, family: 4 | 6): Pick<Prediction, 'trouble' | 'text'> | null {
  if (!lacksFamily(addresses, family)) return null;
  const other = family === 4 ? '6' : '4';
  return family === 4 || mayHideIpv6(addresses)
    ? { trouble: 'unseen', text: `the list shows addresses of IPv${other} alone` }
    : { trouble: 'nothing', text: `IPv6 is switched off on this node${NO_START}` };
}

/** The other nodes may know an address that Calico passes over: on another interface, or in another network of its own. */
const isOther = (right: Candidate, taken: Candidate): boolean => {
  const [own, network] = [parseCidr(right.address), parseCidr(taken.network)];
  return (
    right.device !== taken.device || (own !== null && network !== null && !overlaps(own, network))
  );
};

function predict(
  addresses: IpAddr,
  routes: readonly Route[],
  family: 4 | 6,
  { node }: NodeContext,
): Prediction {
  const made = (trouble: Prediction['trouble'], text: string, network: string | null = null) => ({
    family,
    trouble,
    text,
    network,
  });
  const absent = absence(addresses, family);
  if (absent !== null) return made(absent.trouble, absent.text);
  const found = candidates(addresses, family);
  const expected = expectedOf(unicastAddresses(addresses, family), routes, node, family);
  const right = expected?.candidate;
  const says =
    right === undefined
      ? ''
      : `, but ${expected?.because ?? ''} says ${right.address} on ${right.device}`;
  const [first] = found;
  if (first === undefined) {
    const none = `no interface that Calico looks at has an IPv${String(family)} address that it takes`;
    return made('nothing', `${none}${says}${NO_START}`, right?.network);
  }
  const picked = `Calico would take ${first.address} on ${first.device}`;
  if (right !== undefined && isOther(right, first))
    return made('wrong', `${picked}${says}`, right.network);
  const others = found.filter(({ device }) => device !== first.device);
  if (others.length === 0) return made('none', picked, first.network);
  const rest = someOf(others.map(({ address, device }) => `${address} on ${device}`));
  return made('several', `${picked}; it might also be ${rest}`, (right ?? first).network);
}

const predictAll = (facts: Required<Pick<Facts, 'addresses'>> & Facts, context: NodeContext) =>
  context.intent.ipFamilies.map((family) =>
    predict(facts.addresses, facts.routes?.routes ?? [], family === 'ipv4' ? 4 : 6, context),
  );

const EXPECTED =
  'one address that can be meant: or the method of detection set, as by cidrs or kubernetes: NodeInternalIP';
const EXPECTED_ANY =
  'a global address of each family of the intent, on an interface that Calico looks at or that the method of detection names';

function judge({ addresses, routes }: Facts, context: NodeContext): Verdict {
  if (addresses === undefined) {
    const why = reason('not-run', 'the addresses of the node are not known');
    return unknown(why, 'Run ip addr on the node.');
  }
  const all = predictAll({ addresses, ...(routes === undefined ? {} : { routes }) }, context);
  const text = all.map((one) => one.text).join('; ');
  const has = (trouble: Prediction['trouble']): boolean =>
    all.some((one) => one.trouble === trouble);
  // Every node has lo: a list without it is a part, and the address may stand in the rest.
  if (has('nothing') && !addresses.devices.includes('lo')) {
    return unknown(
      reason('truncated', `the list of interfaces is a part: ${text}`),
      'Run ip addr.',
    );
  }
  if (has('nothing')) return fail(text, EXPECTED_ANY);
  if (has('unseen')) return unknown(reason('not-run', text), 'Run ip addr, without -4 or -6.');
  return has('wrong') || has('several') ? warn(text, EXPECTED) : pass(text);
}

function settings({ addresses, routes }: Facts, context: NodeContext): readonly CalicoSetting[] {
  if (addresses === undefined) return [];
  const all = predictAll({ addresses, ...(routes === undefined ? {} : { routes }) }, context);
  return all.flatMap(({ family, trouble, network, text }) => {
    if (network === null || trouble === 'none') return [];
    return {
      installation: `spec.calicoNetwork.nodeAddressAutodetectionV${String(family)}.cidrs`,
      manifest: family === 4 ? 'IP_AUTODETECTION_METHOD' : 'IP6_AUTODETECTION_METHOD',
      value: [network],
      why: `${text}; nodes are to be known by their address in ${network}`,
    };
  });
}

export const autodetection = defineCheck({
  id: 'addresses/autodetection',
  title: 'Calico would pick the right address of the node by itself',
  why: 'calico-node takes the first address it finds. On a node with several interfaces that can be one that the other nodes do not reach: BGP sessions stay down and tunnels end nowhere. Where it finds none, it exits, and starts and exits again.',
  sources: [
    {
      page: 'IP autodetection',
      url: 'https://docs.tigera.io/calico/latest/networking/ipam/ip-autodetection',
      date: '2026-08-21',
      says: 'Without a setting the first address of the first interface counts that is not excluded by name; a method can be set: kubernetes, can-reach, interface, skip-interface, cidr.',
    },
    {
      page: 'Wrong address picked: calico issues 3541, 8607, 1628, 3194',
      url: 'https://github.com/projectcalico/calico/issues/3541',
      date: '2026-08-23',
      says: 'Nodes with several interfaces come up with the address of the wrong one.',
    },
    {
      page: 'Code of calico-node: configureIPsAndSubnets in node/pkg/lifecycle/startup/startup.go',
      url: 'https://github.com/projectcalico/calico/blob/master/node/pkg/lifecycle/startup/startup.go',
      date: '2026-08-22',
      says: 'Where detection is asked for and finds no address of a family, and none was stored before, it says "Couldn\'t autodetect an IPv4 address" (or IPv6) and exits. With CALICO_NETWORKING_BACKEND=none nothing is detected.',
    },
  ],
  severity: 'required',
  waivable: true,
  skip: ({ network }) =>
    network === 'calico' ? null : `with the network of ${network} calico-node detects no address`,
  rule: ({ ipFamilies }) =>
    `For ${ipFamilies.join(' and ')}: passes when one interface alone has an address that first-found takes; warns when there are several, and when the one it takes is not that of the inventory or of the default route; fails when a family has none, because calico-node then does not start.`,
  disagreement:
    'The reference says that interfaces known to be local are left out, such as the bridge of docker; the code has the whole list, walks the interfaces from the last to the first, and does not look whether they are up (node/pkg/lifecycle/startup/autodetection, read 2026-11). A bridge named br-… is left out since December 2022 (pull request 7045), though some hosts have their address on one. The code judges here.',
  needs: {},
  witnesses: { addresses: ipAddr, routes: ipRoute },
  breaks: ['BGP sessions and tunnels to this node'],
  alternatives: ({ ipFamilies }) => (ipFamilies.length > 1 ? ['ipFamilies: [ipv4]'] : []),
  judge,
  settings,
});
