import {
  defineClusterCheck,
  pass,
  unknown,
  warn,
  type Share,
  type Verdict,
} from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { someOf } from '../../src/domain/some-of.js';
import type { KubernetesFiles } from '../probes/kubernetes-files.js';
import { processes, running, type Process } from '../probes/processes.js';
import { pageB } from '../requirements/sources.js';
import { CLUSTER_NEEDS, clusterOf } from './cluster.js';

const NEEDS = { ...CLUSTER_NEEDS, processes } as const;
type Shares = readonly Share<typeof NEEDS>[];
type Port = { readonly port: number; readonly how: string };

const numberOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : null;

/** Without the flag the API server takes 6443. */
const DEFAULT_PORT = 6443;
const K3S = /^\/etc\/rancher\/(?:k3s|rke2)\/config\.yaml$/;

function ofProcess(all: readonly Process[]): readonly Port[] {
  return running(all, 'kube-apiserver').map(({ flags }) => ({
    port: numberOf(flags.get('secure-port')) ?? DEFAULT_PORT,
    how: flags.has('secure-port') ? '--secure-port' : 'no --secure-port',
  }));
}

function ofFiles({ files }: KubernetesFiles): readonly Port[] {
  return files.flatMap(({ path, flags, keys }) => {
    const manifest = path.endsWith('kube-apiserver.yaml') ? flags.get('secure-port') : undefined;
    const port = numberOf(manifest ?? (K3S.test(path) ? keys.get('https-listen-port') : undefined));
    return port === null ? [] : [{ port, how: path }];
  });
}

function portsOf(shares: Shares): readonly Port[] {
  const view = clusterOf(shares);
  const service = (view.cluster?.apiPorts ?? []).flatMap((text) => {
    const port = numberOf(text);
    return port === null ? [] : [{ port, how: 'targetPort of the service kubernetes' }];
  });
  return [
    ...shares.flatMap(({ node, facts }) =>
      [...ofProcess(facts.processes), ...ofFiles(facts.files)].map(({ port, how }) => ({
        port,
        how: `${how} on ${node.name}`,
      })),
    ),
    ...service,
  ];
}

function judge(shares: Shares, { apiServerPort }: Intent): Verdict {
  const ports = portsOf(shares);
  const expected = `apiServerPort: the port of the API server, ${someOf([...new Set(ports.map(({ port }) => String(port)))])}, in the intent too`;
  const others = ports.filter(({ port }) => port !== apiServerPort);
  if (others.length > 0) {
    const said = someOf(
      others.map(({ port, how }) => `${String(port)} (${how})`),
      3,
    );
    return warn(
      `the API server listens on ${said}, and the intent says ${String(apiServerPort)}`,
      expected,
    );
  }
  const [first] = ports;
  if (first !== undefined)
    return pass(`the API server listens on ${String(first.port)}: ${first.how}`);
  const view = clusterOf(shares);
  return view.cluster === null
    ? view.verdict
    : unknown(reason('not-run', 'neither --secure-port nor the service kubernetes could be read'));
}

export const apiServerPort = defineClusterCheck({
  id: 'kubernetes/api-server-port',
  title: 'The port of the API server is the one that firewalls and paths are judged for',
  why: "Calico's components talk to the API server on its real port. A firewall opened for another one cuts them off, and path tests of the wrong port prove nothing.",
  sources: [
    pageB(
      'B10',
      'network-requirements',
      'The port of the API server, 443 or 6443, is the value of --secure-port, or else the targetPort of the service kubernetes.',
    ),
  ],
  severity: 'recommended',
  waivable: true,
  needs: NEEDS,
  rule: ({ apiServerPort: port }) =>
    `Passes when --secure-port, or the targetPort of the service kubernetes, is ${String(port)} as the intent says; another port warns. Not applicable before Kubernetes is installed.`,
  breaks: ['checks of firewalls and paths, which look at the wrong port'],
  alternatives: () => ['apiServerPort: the real port'],
  judge,
});
