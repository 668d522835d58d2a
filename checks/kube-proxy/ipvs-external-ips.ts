import {
  defineClusterCheck,
  pass,
  unknown,
  warn,
  type Share,
  type Verdict,
} from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { someOf } from '../../src/domain/some-of.js';
import { CLUSTER_NEEDS, clusterOf } from '../kubernetes/cluster.js';
import { ipAddr } from '../probes/ip-addr.js';
import { pageA } from '../requirements/sources.js';
import { unlessIpvs } from './ipvs.js';

const NEEDS = { ...CLUSTER_NEEDS, ip: ipAddr } as const;
type Shares = readonly Share<typeof NEEDS>[];

// kube-proxy itself puts the addresses of Services on kube-ipvs0: being there makes none of them the host's.
const PROXY_DEVICE = 'kube-ipvs0';

function localAddresses(shares: Shares): ReadonlyMap<string, string> {
  const { cluster } = clusterOf(shares);
  return new Map([
    ...(cluster?.nodes ?? []).flatMap(({ name, addresses }) =>
      addresses.map((address) => [address, name] as const),
    ),
    ...shares.flatMap(({ node, facts }) =>
      facts.ip.addresses
        .filter(({ device }) => device !== PROXY_DEVICE)
        .map(({ address }) => [address.split('/')[0] ?? '', node.name] as const),
    ),
  ]);
}

function judge(shares: Shares): Verdict {
  const view = clusterOf(shares);
  if (view.cluster === null) return view.verdict;
  if (!view.cluster.listed) return unknown(reason('not-run', 'the Services could not be listed'));
  const local = localAddresses(shares);
  const found = view.cluster.externals.flatMap(({ service, addresses }) =>
    addresses
      .filter((address) => local.has(address))
      .map((address) => `${service}: ${address} of ${local.get(address) ?? ''}`),
  );
  return found.length > 0
    ? warn(
        `external addresses of Services that are a node's own: ${someOf(found, 3)}`,
        'external addresses that no node has',
      )
    : pass(
        view.cluster.externals.length === 0
          ? 'no Service has an external address'
          : `no node has an external address of a Service: ${someOf(
              view.cluster.externals.map(({ service }) => service),
              3,
            )}`,
      );
}

export const ipvsExternalIps = defineClusterCheck({
  id: 'kube-proxy/ipvs-external-ips',
  title: "No external address of a Service is a node's own in ipvs mode",
  why: 'In ipvs mode Calico cannot tell traffic to such an address from traffic to the node itself, and applies the wrong policy to it.',
  sources: [
    pageA(
      'A12',
      'In ipvs mode Services with locally assigned external addresses are not supported.',
    ),
  ],
  severity: 'recommended',
  waivable: true,
  needs: NEEDS,
  skip: unlessIpvs,
  rule: () =>
    'Warns when an external address of a Service is an address of a node. Not applicable before Kubernetes is installed.',
  disagreement:
    'Only older pages have this limit; the page of 3.29 does not mention it, and nothing says that it was lifted. So it is judged, as a recommendation.',
  breaks: ['policy on external addresses of Services'],
  judge,
});
