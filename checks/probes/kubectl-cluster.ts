import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import {
  parseKubeProxyConfig,
  PROXY_CONFIG_FIELDS,
  type KubeProxyConfig,
} from './support/kube-proxy-config.js';
import { KUBECTL_COMMANDS, KUBECTL_SCRIPT } from './support/kubectl-script.js';

export type ClusterNode = {
  readonly name: string;
  readonly kubelet: string;
  readonly kernel: string;
  readonly runtime: string;
  /** Null when the node has no condition Ready; `Unknown` when its kubelet no longer reports. */
  readonly ready: 'True' | 'False' | 'Unknown' | null;
  readonly addresses: readonly string[];
};
export type RbacObject = {
  readonly kind: 'ServiceAccount' | 'ClusterRole' | 'ClusterRoleBinding';
  /** Empty for what has no namespace. */
  readonly namespace: string;
  readonly name: string;
};
export type ClusterState = {
  /** The API server's version, such as `v1.34.1`. */
  readonly server: string;
  /** False when nodes, services and roles could not be listed, or not all of them. */
  readonly listed: boolean;
  readonly nodes: readonly ClusterNode[];
  /** targetPort of the service default/kubernetes. */
  readonly apiPorts: readonly string[];
  /** Services with external addresses. */
  readonly externals: readonly {
    readonly service: string;
    readonly addresses: readonly string[];
  }[];
  /** Names with calico, canal or tigera in them. */
  readonly rbac: readonly RbacObject[];
  /** The enforced pod security level by namespace, where one is set. */
  readonly enforced: ReadonlyMap<string, string>;
  /** Namespaces named calico-… or tigera-…. */
  readonly namespaces: readonly string[];
  /** Whether there is a ConfigMap kube-proxy in kube-system; null when that could not be asked. */
  readonly hasProxyConfigMap: boolean | null;
  readonly proxyConfig: KubeProxyConfig | null;
  /** FelixConfiguration `default`; null when it cannot be asked or is not there. */
  readonly felix: {
    readonly nodePortRanges: readonly string[] | null;
    readonly markMask: string | null;
    readonly bpf: boolean | null;
  } | null;
};
export type KubectlCluster =
  /** No administrator's kubeconfig on this node, as on every worker; or in a folder it may not look into. */
  | { readonly state: 'none'; readonly hidden: readonly string[] }
  | { readonly state: 'no-kubectl'; readonly kubeconfig: string }
  | { readonly state: 'refused'; readonly kubeconfig: string; readonly why: string }
  | { readonly state: 'answered'; readonly kubeconfig: string; readonly cluster: ClusterState };

const NONE = '<none>';
const orNull = (text: string): string | null => (text === NONE || text === '' ? null : text);
const listOf = (text: string | undefined): readonly string[] =>
  (orNull(text ?? '') ?? '').split(',').filter((part) => part !== '');

const READY = ['True', 'False', 'Unknown'] as const;

function nodeOf(rest: string): ClusterNode {
  const [name = '', kubelet = '', kernel = '', runtime = '', types, states, addresses] =
    rest.split(' ');
  if (name === '' || addresses === undefined)
    throw new ProbeParseError('a node without its columns');
  const at = listOf(types).indexOf('Ready');
  const ready = at < 0 ? undefined : listOf(states)[at];
  return {
    name,
    kubelet,
    kernel,
    runtime,
    ready: READY.find((state) => state === ready) ?? null,
    addresses: listOf(addresses).filter((one) => /^[0-9a-fA-F:.]{2,45}$/.test(one)),
  };
}

function rbacOf(rest: string): RbacObject {
  const [, kind, namespace = '', name = ''] =
    /^(ServiceAccount|ClusterRole|ClusterRoleBinding) (\S{1,253}) (\S{1,253})$/.exec(rest) ?? [];
  if (kind === undefined) throw new ProbeParseError('a role in no known form');
  return {
    kind: kind as RbacObject['kind'],
    namespace: namespace === NONE ? '' : namespace,
    name,
  };
}

function felixOf(rest: string | undefined): ClusterState['felix'] {
  if (rest === undefined) return null;
  const [ranges, mask = '', bpf = ''] = rest.split(/\s+/);
  const nodePortRanges = listOf(ranges);
  return {
    nodePortRanges: nodePortRanges.length === 0 ? null : nodePortRanges,
    markMask: orNull(mask),
    bpf: orNull(bpf) === null ? null : bpf === 'true',
  };
}

const WORDS = new Set(
  'hidden none kubeconfig no-kubectl server refused failed node api-port external rbac enforce namespace proxy config felix'.split(
    ' ',
  ),
);

/** The rests of marked lines by their first word, in order. */
function sorted(stdout: string): (word: string) => readonly string[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') throw new ProbeParseError('it does not end with "end"');
  const rests = new Map<string, string[]>();
  for (const line of lines) {
    const space = line.indexOf(' ');
    const word = space < 0 ? line : line.slice(0, space);
    if (!WORDS.has(word)) throw new ProbeParseError('a line that is no mark');
    const rest = space < 0 ? '' : line.slice(space + 1);
    const list = rests.get(word);
    if (list === undefined) rests.set(word, [rest]);
    else list.push(rest);
  }
  return (word) => rests.get(word) ?? [];
}

const pairOf = (rest: string): readonly [string, string] => {
  const space = rest.indexOf(' ');
  return [rest.slice(0, Math.max(0, space)), rest.slice(space + 1)];
};

function clusterOf(server: string, all: (word: string) => readonly string[]): ClusterState {
  if (!/^v?\d{1,3}\.\d{1,3}\S{0,80}$/.test(server))
    throw new ProbeParseError('a server of no version');
  const hasProxy = all('proxy')[0];
  return {
    server,
    listed: all('failed').length === 0,
    nodes: all('node').map(nodeOf),
    apiPorts: listOf(all('api-port')[0]),
    externals: all('external').map((rest) => {
      const [service, addresses] = pairOf(rest);
      return { service, addresses: listOf(addresses) };
    }),
    rbac: all('rbac').map(rbacOf),
    enforced: new Map(all('enforce').map(pairOf)),
    namespaces: all('namespace'),
    hasProxyConfigMap: hasProxy === undefined ? null : hasProxy === 'yes',
    proxyConfig: hasProxy === 'yes' ? parseKubeProxyConfig(all('config')) : null,
    felix: felixOf(all('felix')[0]),
  };
}

function parse(stdout: string): KubectlCluster {
  const all = sorted(stdout);
  const [kubeconfig] = all('kubeconfig');
  const [server] = all('server');
  const [why] = all('refused');
  if (kubeconfig === undefined) {
    if (all('none').length === 0) throw new ProbeParseError('neither a kubeconfig nor none');
    return { state: 'none', hidden: all('hidden') };
  }
  if (server !== undefined)
    return { state: 'answered', kubeconfig, cluster: clusterOf(server, all) };
  if (why !== undefined) return { state: 'refused', kubeconfig, why };
  if (all('no-kubectl').length > 0) return { state: 'no-kubectl', kubeconfig };
  throw new ProbeParseError('a kubeconfig and nothing more');
}

/** What the cluster says of itself, asked on a control-plane node with its administrator's kubeconfig. Never a secret. */
export const kubectlCluster = defineProbe<KubectlCluster>({
  id: 'kubectl-cluster',
  command:
    'kubectl get nodes,services,serviceaccounts,clusterroles,clusterrolebindings,namespaces -A',
  script: KUBECTL_SCRIPT,
  rootCommands: KUBECTL_COMMANDS,
  timeoutSeconds: 30,
  maxBytes: 1 << 21,
  talks: true,
  fields: {
    kubeconfig: 'plain',
    why: 'free-text',
    'cluster.server': 'plain',
    'cluster.nodes.name': 'hostname',
    'cluster.nodes.kubelet': 'plain',
    'cluster.nodes.kernel': 'plain',
    'cluster.nodes.runtime': 'plain',
    'cluster.nodes.ready': 'plain',
    'cluster.nodes.addresses': 'net-address',
    'cluster.apiPorts': 'plain',
    'cluster.externals.service': 'free-text',
    'cluster.externals.addresses': 'net-address',
    'cluster.rbac': 'plain',
    'cluster.enforced': 'plain',
    'cluster.namespaces': 'plain',
    ...PROXY_CONFIG_FIELDS('cluster.proxyConfig'),
    'cluster.felix.nodePortRanges': 'plain',
    'cluster.felix.markMask': 'plain',
  },
  facts: (value): Readonly<Record<string, string>> =>
    value.state === 'answered' ? { kubernetes: value.cluster.server } : {},
  parse: ({ stdout }) => parse(stdout),
});
