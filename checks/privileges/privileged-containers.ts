import {
  defineCheck,
  fail,
  notApplicable,
  pass,
  unknown,
  warn,
  type Verdict,
} from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { kubectlCluster, type KubectlCluster } from '../probes/kubectl-cluster.js';
import {
  kubernetesFiles,
  type KubernetesFile,
  type KubernetesFiles,
} from '../probes/kubernetes-files.js';
import { JOINED_FILES } from '../requirements/kubernetes-files.js';
import { pageB } from '../requirements/sources.js';

type Facts = { readonly kubernetes?: KubernetesFiles; readonly cluster?: KubectlCluster };

const EXPECTED =
  'kube-apiserver with --allow-privileged=true, no such flag of the kubelet, and no pod security level below privileged for Calico';
const LEVELS_AGAINST = ['baseline', 'restricted'];

/** Second number of a Kubernetes version 1.N. */
const minorOf = ({ kubernetes }: Intent): number => Number(/^1\.(\d{1,3})/.exec(kubernetes)?.[1]);

const isApiServer = ({ path }: KubernetesFile): boolean => path.endsWith('/kube-apiserver.yaml');
const isKubelet = ({ path }: KubernetesFile): boolean => /kubelet|kubeadm-flags/.test(path);
const isOn = (value: string | undefined): boolean =>
  ['true', '1', 't', 'T', 'TRUE', 'True'].includes(value ?? '');

/** The namespaces that Calico's pods run in. */
const namespacesOf = ({ install }: Intent): readonly string[] =>
  install === 'operator' ? ['calico-system', 'tigera-operator'] : ['kube-system'];

function fileDefects(files: readonly KubernetesFile[], intent: Intent): readonly string[] {
  // Without the flag the API server refuses privileged pods: its default is false.
  const server = files
    .filter((file) => isApiServer(file) && !isOn(file.flags.get('allow-privileged')))
    .map(({ path }) => `${path} does not set --allow-privileged=true`);
  const kubelet = files
    .filter(
      (file) => isKubelet(file) && file.flags.has('allow-privileged') && minorOf(intent) >= 15,
    )
    .map(({ path }) => `${path} gives the kubelet --allow-privileged, which it no longer knows`);
  return [...server, ...kubelet];
}

const enforcedAgainst = (cluster: KubectlCluster | undefined, intent: Intent): readonly string[] =>
  cluster?.state !== 'answered'
    ? []
    : namespacesOf(intent).flatMap((namespace) => {
        const level = cluster.cluster.enforced.get(namespace) ?? '';
        return LEVELS_AGAINST.includes(level) ? [`namespace ${namespace} enforces ${level}`] : [];
      });

function judge({ kubernetes, cluster }: Facts, intent: Intent): Verdict {
  const { files = [] } = kubernetes ?? {};
  const defects = [...fileDefects(files, intent), ...enforcedAgainst(cluster, intent)];
  if (defects.length > 0) return fail(defects.join('; '), EXPECTED);
  if (kubernetes === undefined) {
    return unknown(
      reason('not-run', 'the files of Kubernetes were not looked at'),
      'Audit the node itself.',
    );
  }
  const { there, hidden } = kubernetes;
  if (hidden.length > 0 && !kubernetes.readAsRoot) {
    return unknown(
      reason('denied', `${hidden.join(', ')} may not be read`),
      'Audit with root or sudo.',
    );
  }
  if (!JOINED_FILES.some((path) => there.has(path))) {
    return notApplicable('Kubernetes is not installed yet; ask again after install');
  }
  const server = files.find(isApiServer);
  if (server === undefined) {
    return cluster?.state === 'answered'
      ? pass('no namespace of Calico enforces a pod security level against it')
      : notApplicable('no manifest of an API server on this node: it is asked where one is');
  }
  return server.flags.has('admission-control-config-file')
    ? warn(
        `${server.path} names an admission configuration, which may set a pod security level for all namespaces`,
        'an admission configuration that exempts the namespaces of Calico',
      )
    : pass(`${server.path} sets --allow-privileged=true`);
}

export const privilegedContainers = defineCheck({
  id: 'privileges/privileged-containers',
  title: 'The cluster admits privileged containers',
  why: "Calico's containers are privileged. An API server that refuses such pods, or a namespace whose pod security level does, keeps calico-node from being made at all.",
  sources: [
    pageB(
      'B12',
      'privileges',
      'Privileged containers have to be allowed: --allow-privileged for kube-apiserver (and the kubelet then), and no pod security policy against them.',
    ),
    {
      page: 'Kubernetes, pod security admission',
      url: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
      date: '2026-08-22',
      says: 'From 1.25 on the label pod-security.kubernetes.io/enforce of a namespace decides; pod security policies are gone.',
    },
    {
      page: 'Kubernetes, kube-apiserver',
      url: 'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/',
      date: '2026-08-22',
      says: '--allow-privileged is false unless it is set; kubeadm sets it.',
    },
  ],
  severity: 'required',
  waivable: true,
  rule: (intent) => {
    const minor = minorOf(intent);
    const policy =
      minor >= 25
        ? `A pod security level of baseline or restricted on ${namespacesOf(intent).join(' or ')} fails`
        : 'Pod security policies are still there below Kubernetes 1.25 and are not looked at; a pod security level against Calico fails';
    const kubelet =
      minor >= 15 ? ' So does --allow-privileged given to the kubelet, which 1.15 removed.' : '';
    return `Fails when the manifest of kube-apiserver lacks --allow-privileged=true. ${policy}.${kubelet} An admission configuration file is a warning, as its content is not read.`;
  },
  disagreement:
    'The page (2024-10-29) still speaks of --allow-privileged of the kubelet and of pod security policies. Kubernetes removed the flag in 1.15 (pull request 77820) and the policies in 1.25; its own documentation judges here.',
  breaks: ['everything: pods of calico-node are refused'],
  needs: {},
  witnesses: { kubernetes: kubernetesFiles, cluster: kubectlCluster },
  judge: (facts, { intent }) => judge(facts, intent),
});
