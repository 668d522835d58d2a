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
import { reason } from '../../src/domain/reason.js';
import { ipAddr, type IpAddr } from '../probes/ip-addr.js';
import { ipRoute, type Route } from '../probes/ip-route.js';
import { candidates, expectedOf, lacksIpv6 } from './candidates.js';
import { someOf } from './pools.js';

type Facts = {
  readonly addresses?: IpAddr;
  readonly routes?: { readonly routes: readonly Route[] };
};
/** What is to be said of one family; `network` is the range to write into Calico's configuration. */
type Prediction = {
  readonly family: 4 | 6;
  readonly trouble: 'none' | 'off' | 'nothing' | 'wrong' | 'several';
  readonly text: string;
  readonly network: string | null;
};

function predict(
  addresses: IpAddr,
  routes: readonly Route[],
  family: 4 | 6,
  { node }: NodeContext,
): Prediction {
  const name = `IPv${String(family)}`;
  const made = (trouble: Prediction['trouble'], text: string, network: string | null = null) => ({
    family,
    trouble,
    text,
    network,
  });
  if (family === 6 && lacksIpv6(addresses)) return made('off', 'IPv6 is switched off on this node');
  const found = candidates(addresses, family);
  const [first] = found;
  if (first === undefined)
    return made('nothing', `no interface has an ${name} address that Calico takes`);
  const expected = expectedOf(found, routes, node, family);
  const picked = `Calico would take ${first.address} on ${first.device}`;
  const right = expected?.candidate;
  if (right !== undefined && right.device !== first.device) {
    const why = `${expected?.because ?? ''} says ${right.address} on ${right.device}`;
    return made('wrong', `${picked}, but ${why}`, right.network);
  }
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

function judge({ addresses, routes }: Facts, context: NodeContext): Verdict {
  if (addresses === undefined) {
    const why = reason('not-run', 'the addresses of the node are not known');
    return unknown(why, 'Run ip addr on the node.');
  }
  const all = predictAll({ addresses, ...(routes === undefined ? {} : { routes }) }, context);
  const text = all.map((one) => one.text).join('; ');
  const bad = all.filter(({ trouble }) => trouble !== 'none');
  if (bad.length === 0) return pass(text);
  return bad.every(({ trouble }) => trouble === 'several')
    ? warn(text, EXPECTED)
    : fail(text, EXPECTED);
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
  why: 'calico-node takes the first address it finds. On a node with several interfaces that can be one that the other nodes do not reach: BGP sessions stay down and tunnels end nowhere.',
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
  ],
  severity: 'recommended',
  waivable: true,
  rule: ({ ipFamilies }) =>
    `For ${ipFamilies.join(' and ')}: passes when one interface alone has an address that first-found takes; warns when there are several, when the one it takes is not that of the inventory or of the default route, and when there is none.`,
  disagreement:
    'The reference names the interfaces that are left out; the code (autodetection/interfaces.go) adds that they are walked from the last to the first and that it does not matter whether they are up. The code judges here.',
  needs: {},
  witnesses: { addresses: ipAddr, routes: ipRoute },
  breaks: ['BGP sessions and tunnels to this node'],
  alternatives: ({ ipFamilies }) => (ipFamilies.length > 1 ? ['ipFamilies: [ipv4]'] : []),
  judge,
  settings,
});
