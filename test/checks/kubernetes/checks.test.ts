import { describe, expect, test } from 'vitest';
import { apiServerPort } from '../../../checks/kubernetes/api-server-port.js';
import { kubernetesOn } from '../../../checks/kubernetes/installed.js';
import { kubeletCni } from '../../../checks/kubernetes/kubelet-cni.js';
import { version } from '../../../checks/kubernetes/version.js';
import { kubernetesFiles } from '../../../checks/probes/kubernetes-files.js';
import { processes } from '../../../checks/probes/processes.js';
import { testCheck } from '../../helpers/check-tester.js';
import { testCluster } from './cluster-tester.js';
import { BARE, recorded } from './recorded.js';

const NODE = {
  processes: BARE.processes,
  'kubernetes-files': recorded('files-kubeadm'),
  'kubelet-version': 'Kubernetes v1.34.1\n',
};
// What a kubelet of Kubernetes 1.22 with Docker shows, composed by hand.
const OLD_KUBELET =
  'process 9 kubelet\nflag kubeconfig=/etc/kubernetes/kubelet.conf\nflag config=/var/lib/kubelet/config.yaml\n';
const LATER = 'Kubernetes is not installed yet; ask again after install';

testCheck(kubeletCni, [
  {
    name: 'nothing of Kubernetes is not applicable',
    says: {
      processes: BARE.processes,
      'kubernetes-files': BARE['kubernetes-files'],
      'kubelet-version': 'none\n',
    },
    expect: { status: 'not-applicable', found: LATER },
  },
  {
    name: 'packages that have joined nothing are not applicable',
    says: {
      processes: 'process 9 kubelet\nflag kubeconfig=/etc/kubernetes/kubelet.conf\nend\n',
      'kubernetes-files': 'there /usr/bin/kubelet\nroot\nend\n',
      'kubelet-version': 'Kubernetes v1.34.1\n',
    },
    expect: { status: 'not-applicable', found: LATER },
  },
  {
    name: 'a new kubelet without the flag passes',
    says: NODE,
    expect: { status: 'pass', found: 'kubelet v1.34.1 leaves CNI to the container runtime' },
  },
  {
    name: 'a new kubelet with the removed flag fails',
    says: { ...NODE, 'kubernetes-files': recorded('files-network-plugin') },
    expect: {
      status: 'fail',
      found: expect.stringContaining('--network-plugin=cni in /var/lib/kubelet/kubeadm-flags.env'),
    },
    fixes: ['flag'],
  },
  {
    name: 'an old kubelet with the flag passes',
    says: {
      ...NODE,
      'kubernetes-files': recorded('files-network-plugin'),
      'kubelet-version': 'Kubernetes v1.22.17\n',
    },
    expect: { status: 'pass' },
  },
  {
    name: 'an old kubelet that runs without the flag fails',
    says: { ...NODE, processes: `${OLD_KUBELET}end\n`, 'kubelet-version': 'Kubernetes v1.22.17\n' },
    expect: { status: 'fail' },
    fixes: ['flag'],
  },
  {
    name: 'an old kubelet with a runtime of its own passes',
    says: {
      ...NODE,
      processes: `${OLD_KUBELET}flag container-runtime=remote\nend\n`,
      'kubelet-version': 'Kubernetes v1.22.17\n',
    },
    expect: { status: 'pass' },
  },
  {
    name: 'an old kubelet that does not run is unknown',
    says: { ...NODE, 'kubelet-version': 'Kubernetes v1.23.1\n' },
    expect: { status: 'unknown' },
  },
  {
    name: 'an old kubelet with kubenet fails',
    says: {
      ...NODE,
      processes: `${OLD_KUBELET}flag network-plugin=kubenet\nend\n`,
      'kubelet-version': 'Kubernetes v1.23.1\n',
    },
    expect: { status: 'fail' },
  },
  {
    name: 'k3s passes',
    says: {
      processes: 'process 7 k3s-server\nend\n',
      'kubernetes-files': recorded('files-k3s'),
      'kubelet-version': 'none\n',
    },
    expect: { status: 'pass' },
  },
  {
    name: 'a kubelet of unknown version is unknown',
    says: { ...NODE, processes: `${OLD_KUBELET}end\n`, 'kubelet-version': 'none\n' },
    expect: { status: 'unknown' },
  },
  {
    name: 'a folder that cannot be looked into is unknown',
    says: {
      processes: 'end\n',
      'kubernetes-files': 'hidden /etc/kubernetes\nend\n',
      'kubelet-version': 'none\n',
    },
    expect: { status: 'unknown', reason: expect.stringContaining('denied: ') },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);

const CP = { 'kubernetes-files': recorded('files-kubeadm') };
const cluster = (name: string): Readonly<Record<string, string>> => ({
  ...CP,
  'kubectl-cluster': recorded(`cluster-${name}`),
});

testCluster(version, [
  {
    name: 'before install the intent is judged',
    nodes: { a: {}, b: {} },
    expect: { status: 'pass', found: expect.stringContaining('ask again after install') },
  },
  {
    name: 'an old version in the intent fails before install',
    nodes: { a: {} },
    intent: { kubernetes: '1.20' },
    expect: { status: 'fail', found: 'Kubernetes 1.20 (intent) will not work with Calico 3.32' },
  },
  {
    name: '1.21 warns',
    nodes: { a: {} },
    intent: { kubernetes: '1.21' },
    expect: { status: 'warn' },
  },
  {
    name: 'newer warns',
    nodes: { a: {} },
    intent: { kubernetes: '1.40' },
    expect: { status: 'warn' },
  },
  {
    name: '1.31 under 3.32 is untested',
    nodes: { a: {} },
    intent: { kubernetes: '1.31' },
    expect: { status: 'warn', found: expect.stringContaining('not among the tested') },
  },
  {
    name: '1.20 under 3.25 is only untested',
    nodes: { a: {} },
    intent: { calico: '3.25', kubernetes: '1.20' },
    expect: { status: 'warn' },
  },
  {
    name: '1.32 under 3.29 as it stands today passes',
    nodes: { a: {} },
    intent: { calico: '3.29', kubernetes: '1.32' },
    expect: { status: 'pass' },
  },
  {
    name: '1.32 under the page of 3.29 as written warns',
    nodes: { a: {} },
    intent: { calico: '3.29-page-B', kubernetes: '1.32' },
    expect: { status: 'warn' },
  },
  {
    name: 'page A: 1.4 passes',
    nodes: { a: {} },
    intent: { calico: '3.0', kubernetes: '1.4' },
    expect: { status: 'pass' },
  },
  {
    name: 'page A: 1.3 has no hosted install',
    nodes: { a: {} },
    intent: { calico: '3.0', kubernetes: '1.3' },
    expect: { status: 'warn' },
  },
  {
    name: 'page A: 1.2 has no NetworkPolicy',
    nodes: { a: {} },
    intent: { calico: '3.0', kubernetes: '1.2' },
    expect: { status: 'fail' },
  },
  {
    name: 'the real cluster is judged',
    nodes: { a: cluster('manifest'), b: {} },
    expect: { status: 'pass', found: expect.stringContaining('v1.34.1 (API server, ') },
  },
  {
    name: 'an old kubelet in the cluster warns',
    nodes: { a: cluster('skew') },
    expect: { status: 'warn', found: expect.stringContaining('v1.30.4 (kubelet of w-1)') },
  },
  {
    name: 'the packages of a node count before it joins',
    nodes: { a: { 'kubelet-version': 'Kubernetes v1.20.2\n' } },
    expect: { status: 'fail', found: expect.stringContaining('v1.20.2 (kubelet of a)') },
  },
  {
    name: 'a cluster that nobody can ask is unknown',
    nodes: { a: CP },
    expect: { status: 'unknown', toKnow: expect.stringContaining('control-plane') },
  },
  {
    name: 'a kubelet found tells the version of a cluster that nobody can ask',
    nodes: { a: { ...CP, 'kubelet-version': 'Kubernetes v1.34.3\n' } },
    expect: { status: 'pass' },
  },
  {
    name: 'an API server that refuses is unknown and says why',
    nodes: { a: cluster('refused') },
    expect: { status: 'unknown', reason: expect.stringContaining('refused') },
  },
  {
    name: 'no kubectl is unknown',
    nodes: { a: cluster('no-kubectl') },
    expect: { status: 'unknown', reason: expect.stringContaining('no kubectl') },
  },
]);

testCluster(apiServerPort, [
  { name: 'before install', nodes: { a: {} }, expect: { status: 'not-applicable', found: LATER } },
  { name: 'the manifest says 6443', nodes: { a: CP }, expect: { status: 'pass' } },
  {
    name: 'the intent says another port',
    nodes: { a: CP },
    intent: { apiServerPort: 443 },
    expect: { status: 'warn', found: expect.stringContaining('listens on 6443') },
  },
  {
    name: 'the running API server says it',
    nodes: { a: { processes: recorded('processes-kubeadm') } },
    expect: { status: 'pass' },
  },
  {
    name: 'the service says another port',
    nodes: { a: { 'kubectl-cluster': recorded('cluster-other-port') } },
    expect: { status: 'warn', found: expect.stringContaining('443 (targetPort') },
  },
  {
    name: 'k3s on another port',
    nodes: { a: { 'kubernetes-files': recorded('files-k3s') } },
    expect: { status: 'warn', found: expect.stringContaining('6444') },
  },
  {
    name: 'a worker alone is unknown',
    nodes: {
      a: { processes: OLD_KUBELET + 'end\n', 'kubernetes-files': recorded('files-worker') },
    },
    expect: { status: 'unknown' },
  },
]);

describe('whether Kubernetes is installed', () => {
  const parse = (files: string, list: string) =>
    kubernetesOn({
      files: kubernetesFiles.parse({ stdout: files, stderr: '', exit: 0, receivedAt: null }),
      processes: processes.parse({ stdout: list, stderr: '', exit: 0, receivedAt: null }),
    }).state;
  test.each([
    ['end\n', 'end\n', 'absent'],
    ['end\n', 'process 3 containerd\nend\n', 'absent'],
    ['end\n', 'process 3 k3s-agent\nend\n', 'joined'],
    ['there /usr/local/bin/k3s\nroot\nend\n', 'end\n', 'packages'],
    [recorded('files-k3s'), 'end\n', 'joined'],
    [recorded('files-kubeadm'), 'end\n', 'joined'],
    ['hidden /var/lib/rancher\nend\n', 'end\n', 'unclear'],
    ['hidden /var/lib/rancher\nend\n', 'process 3 rke2\nprocess 4 kubelet\nend\n', 'joined'],
  ])('%j and %j: %s', (files, list, state) => {
    expect(parse(files, list)).toBe(state);
  });
});
