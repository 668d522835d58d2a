import { defineCheck, fail, pass, type Verdict } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import type { KubernetesFacts } from '../kubernetes/installed.js';
import { kubectlCluster, type KubectlCluster } from '../probes/kubectl-cluster.js';
import { kubernetesFiles } from '../probes/kubernetes-files.js';
import { processes, running } from '../probes/processes.js';
import { pageA } from '../requirements/sources.js';
import { DEFAULT_NODE_PORTS, ipvsPage, unlessIpvs } from './ipvs.js';

type Facts = Required<KubernetesFacts> & { readonly kubectl: KubectlCluster };

/** kube-apiserver's range where this node shows it, else the intent's. */
function rangeOf({ files, processes: all }: Facts, intent: Intent): { range: string; how: string } {
  const server = running(all, 'kube-apiserver')[0];
  const manifest = files.files.find(({ path }) => path.endsWith('kube-apiserver.yaml'));
  const k3s = files.files.find(({ keys }) => keys.has('service-node-port-range'));
  const said =
    server?.flags.get('service-node-port-range') ??
    manifest?.flags.get('service-node-port-range') ??
    k3s?.keys.get('service-node-port-range');
  if (said !== undefined) return { range: said, how: 'the API server' };
  return server === undefined
    ? { range: intent.nodePortRange, how: 'the intent' }
    : { range: DEFAULT_NODE_PORTS, how: 'the API server, by default' };
}

/** What Felix is told; null when it cannot be asked, or Calico is not there yet. */
function felixRanges({ kubectl }: Facts): readonly string[] | null {
  if (kubectl.state !== 'answered' || kubectl.cluster.felix === null) return null;
  const { nodePortRanges } = kubectl.cluster.felix;
  return nodePortRanges?.map((range) => range.replace(':', '-')) ?? [DEFAULT_NODE_PORTS];
}

function judge(facts: Facts, { intent }: { readonly intent: Intent }): Verdict {
  const { range, how } = rangeOf(facts, intent);
  const felix = felixRanges(facts);
  const expected = `kubeNodePortRanges of Felix: ${range.replace('-', ':')}`;
  if (felix !== null)
    return felix.includes(range)
      ? pass(`Felix knows the range of NodePorts, ${range}`)
      : fail(
          `NodePorts are ${range} (${how}), and Felix knows ${felix.slice(0, 5).join(', ')}`,
          expected,
        );
  return range === DEFAULT_NODE_PORTS
    ? pass(`NodePorts are ${range} (${how}), which Felix takes by itself`)
    : fail(
        `NodePorts are ${range} (${how}), and Felix takes ${DEFAULT_NODE_PORTS} by itself`,
        expected,
      );
}

export const ipvsNodeportRange = defineCheck({
  id: 'kube-proxy/ipvs-nodeport-range',
  title: 'Felix knows the range of NodePorts in ipvs mode',
  why: "In ipvs mode Felix cannot see which packets are for a NodePort; it goes by the port's number. Ports outside the range that it knows get no policy.",
  sources: [
    ipvsPage(
      'KubeNodePortRanges, 30000:32767 unless set, must be the range that the API server has.',
    ),
    pageA(
      'A11',
      'In ipvs mode the range of NodePorts must be set in Felix where it is not the usual one.',
    ),
  ],
  severity: 'recommended',
  waivable: true,
  needs: { files: kubernetesFiles, processes, kubectl: kubectlCluster },
  skip: unlessIpvs,
  rule: () =>
    `Compares the API server's range (else the intent's) with what Felix is told, or, before Calico is there, with its own ${DEFAULT_NODE_PORTS}; a difference warns.`,
  breaks: ['policy on NodePorts'],
  alternatives: () => [`nodePortRange: ${DEFAULT_NODE_PORTS}`],
  judge,
  settings: (facts, { intent }) => [
    {
      installation: null,
      manifest: 'FELIX_KUBENODEPORTRANGES',
      value: rangeOf(facts, intent).range.replace('-', ':'),
      why: 'Felix then knows the NodePorts of this cluster in ipvs mode.',
    },
  ],
});
