import { describe, expect, test } from 'vitest';
import { masqueradeAll } from '../../../checks/kube-proxy/masquerade-all.js';
import { modeChanged } from '../../../checks/kube-proxy/mode-changed.js';
import { modeVersion } from '../../../checks/kube-proxy/mode-version.js';
import { mode } from '../../../checks/kube-proxy/mode.js';
import { judged, testCheck, type Said } from '../../helpers/check-tester.js';
import { testCluster } from '../kubernetes/cluster-tester.js';
import { BARE, recorded } from '../kubernetes/recorded.js';

const LATER = 'Kubernetes is not installed yet; ask again after install';
const WORKER = { 'kubernetes-files': recorded('files-worker') };
const joined = (signs: string, list = 'end\n'): Readonly<Record<string, string>> => ({
  ...WORKER,
  'kube-proxy-mode': signs,
  processes: list,
});
const says = (word: string): Readonly<Record<string, string>> => joined(`says ${word}\nend\n`);

testCluster(mode, [
  {
    name: 'before install the intent passes',
    nodes: { a: {} },
    expect: { status: 'pass', found: expect.stringContaining('ask again after install') },
  },
  {
    name: 'nftables with Calico’s iptables fails',
    nodes: { a: {} },
    intent: { kubeProxy: 'nftables' },
    expect: { status: 'fail', found: expect.stringContaining('data plane') },
  },
  {
    name: 'Calico’s nftables with iptables fails',
    nodes: { a: {} },
    intent: { dataplane: 'nftables' },
    expect: { status: 'fail' },
  },
  {
    name: 'both nftables pass',
    nodes: { a: {} },
    intent: { dataplane: 'nftables', kubeProxy: 'nftables' },
    expect: { status: 'pass' },
  },
  {
    name: '3.28 does not list nftables',
    nodes: { a: {} },
    intent: { calico: '3.28', dataplane: 'nftables', kubeProxy: 'nftables' },
    expect: { status: 'fail', expected: 'kube-proxy in one of the modes iptables, ipvs' },
  },
  {
    name: 'no kube-proxy without eBPF fails',
    nodes: { a: {} },
    intent: { kubeProxy: 'none' },
    expect: { status: 'fail', found: expect.stringContaining('nothing serves Services') },
  },
  {
    name: 'no kube-proxy under eBPF passes',
    nodes: { a: {} },
    intent: { dataplane: 'ebpf', kubeProxy: 'none' },
    expect: { status: 'pass' },
  },
  {
    name: 'kube-proxy beside eBPF warns',
    nodes: { a: {} },
    intent: { dataplane: 'ebpf' },
    expect: { status: 'warn' },
  },
  {
    name: 'ipvs passes up to Kubernetes 1.34',
    nodes: { a: {} },
    intent: { kubeProxy: 'ipvs', kubernetes: '1.34' },
    expect: { status: 'pass' },
  },
  {
    name: 'ipvs is beta by the page of Calico 3.0',
    nodes: { a: {} },
    intent: { kubeProxy: 'ipvs', kubernetes: '1.10', calico: '3.0' },
    expect: { status: 'warn', found: expect.stringContaining('beta') },
  },
  {
    name: 'ipvs warns from Kubernetes 1.35 on',
    nodes: { a: {} },
    intent: { kubeProxy: 'ipvs', kubernetes: '1.35' },
    expect: { status: 'warn', found: expect.stringContaining('deprecated') },
  },
  {
    name: 'the real mode passes',
    nodes: { a: joined(recorded('mode-iptables')), b: says('iptables') },
    expect: { status: 'pass', found: 'kube-proxy: iptables on a, b' },
  },
  {
    name: 'several modes fail and are named',
    nodes: { a: says('iptables'), b: says('ipvs') },
    expect: {
      status: 'fail',
      found: 'several modes in one cluster: iptables on a; ipvs on b',
    },
  },
  {
    name: 'another mode than the intent’s warns',
    nodes: { a: says('ipvs') },
    expect: { status: 'warn', found: expect.stringContaining('the intent says iptables') },
  },
  {
    name: 'an nft table under Calico’s iptables fails',
    nodes: { a: joined(recorded('mode-nftables')) },
    expect: { status: 'fail' },
  },
  {
    name: 'the configuration of the running kube-proxy tells',
    nodes: { a: joined('end\n', recorded('processes-kubeadm')) },
    intent: { kubeProxy: 'ipvs' },
    expect: { status: 'pass' },
  },
  {
    name: 'k3s tells in its own configuration',
    nodes: {
      a: { 'kubernetes-files': recorded('files-k3s'), processes: 'process 3 k3s-server\nend\n' },
    },
    intent: { kubeProxy: 'ipvs' },
    expect: { status: 'pass' },
  },
  {
    name: 'the ConfigMap tells for workers that cannot',
    nodes: { a: { ...WORKER, 'kubectl-cluster': recorded('cluster-ipvs') }, b: WORKER },
    intent: { kubeProxy: 'ipvs' },
    expect: { status: 'pass' },
  },
  {
    name: 'nothing that tells is unknown',
    nodes: { a: WORKER },
    expect: { status: 'unknown', toKnow: expect.stringContaining('proxyMode') },
  },
  {
    name: 'no kube-proxy and no trace of one fails without eBPF',
    nodes: { a: joined(recorded('mode-none')) },
    expect: { status: 'fail', found: expect.stringContaining('no kube-proxy') },
  },
  {
    name: 'no kube-proxy and no trace of one passes under eBPF',
    nodes: { a: joined(recorded('mode-none')) },
    intent: { dataplane: 'ebpf', kubeProxy: 'none' },
    expect: { status: 'pass' },
  },
  {
    name: 'userspace fails',
    nodes: { a: says('userspace') },
    expect: { status: 'fail' },
  },
]);

testCluster(modeVersion, [
  { name: 'iptables asks for nothing', nodes: { a: {} }, expect: { status: 'not-applicable' } },
  ...(
    [
      ['ipvs', '1.9', 'pass'],
      ['ipvs', '1.9.3', 'pass'],
      ['ipvs', '1.9.2', 'fail'],
      ['ipvs', '1.8', 'fail'],
      ['nftables', '1.31', 'pass'],
      ['nftables', '1.30', 'fail'],
      ['nftables', '1.30.14', 'fail'],
    ] as const
  ).map(([kubeProxy, kubernetes, status]) => ({
    name: `${kubeProxy} on ${kubernetes}: ${status}`,
    nodes: { a: {} },
    intent: { kubeProxy, kubernetes },
    expect: { status },
  })),
  {
    name: 'the API server’s version judges the real mode',
    nodes: {
      a: {
        ...says('nftables'),
        'kubectl-cluster': recorded('cluster-manifest').replace('server v1.34.1', 'server v1.30.4'),
      },
    },
    expect: { status: 'fail', found: expect.stringContaining('v1.30.4') },
  },
]);

const NODE: Readonly<Record<string, Said>> = {
  ...WORKER,
  processes: 'end\n',
  'kube-proxy-mode': 'end\n',
  'kubectl-cluster': 'none\nend\n',
};

testCheck(masqueradeAll, [
  {
    name: 'before install',
    says: { ...NODE, 'kubernetes-files': BARE['kubernetes-files'] },
    expect: { status: 'not-applicable', found: LATER },
  },
  {
    name: 'rules that masquerade all fail',
    says: { ...NODE, 'kube-proxy-mode': recorded('mode-masquerade-all') },
    expect: { status: 'fail', found: expect.stringContaining('iptables rules') },
    fixes: ['configuration'],
  },
  {
    name: 'rules that masquerade only what comes from outside pass',
    says: { ...NODE, 'kube-proxy-mode': recorded('mode-iptables') },
    expect: { status: 'pass' },
  },
  {
    name: 'the flag fails',
    says: { ...NODE, processes: recorded('processes-flags') },
    expect: { status: 'fail', found: expect.stringContaining('the running kube-proxy') },
  },
  {
    name: 'the configuration fails',
    says: { ...NODE, processes: recorded('processes-kubeadm') },
    expect: { status: 'fail' },
  },
  {
    name: 'the section of another mode does not count',
    says: {
      ...NODE,
      processes: recorded('processes-kubeadm').replace('mode: ipvs', 'mode: nftables'),
    },
    expect: { status: 'pass' },
  },
  {
    name: 'k3s with masquerade-all fails',
    says: {
      ...NODE,
      'kubernetes-files': recorded('files-k3s').replace('\nflag disable-kube-proxy', ''),
    },
    expect: { status: 'fail' },
  },
  {
    name: 'the ConfigMap passes',
    says: { ...NODE, 'kubectl-cluster': recorded('cluster-manifest') },
    expect: { status: 'pass', found: expect.stringContaining('ConfigMap') },
  },
  { name: 'nothing that tells is unknown', says: NODE, expect: { status: 'unknown' } },
  {
    name: 'no kube-proxy in the intent',
    says: NODE,
    intent: { kubeProxy: 'none' },
    expect: { status: 'not-applicable' },
  },
]);

const CALICO = 'process 7 calico-node\nend\n';
testCheck(modeChanged, [
  {
    name: 'before install',
    says: { processes: 'end\n', 'kubernetes-files': 'end\n', 'kube-proxy-mode': 'end\n' },
    expect: { status: 'not-applicable', found: LATER },
  },
  {
    name: 'before Calico',
    says: says('iptables'),
    expect: { status: 'not-applicable', found: 'Calico does not run on this node yet' },
  },
  {
    name: 'kube-ipvs0 beside iptables warns',
    says: joined('ipvs-interface\nsays iptables\nend\n', CALICO),
    expect: { status: 'warn', found: expect.stringContaining('kube-ipvs0') },
    fixes: ['restart'],
  },
  {
    name: 'kube-ipvs0 of ipvs passes',
    says: joined('ipvs-interface\nsays ipvs\nend\n', CALICO),
    expect: { status: 'pass' },
  },
  {
    name: 'an nft table beside iptables warns',
    says: joined('says iptables\nnft yes\nend\n', CALICO),
    expect: { status: 'warn' },
  },
  {
    name: 'nothing that tells is unknown',
    says: joined('end\n', CALICO),
    expect: { status: 'unknown' },
  },
]);

describe('fixes', () => {
  test('are for the operator to carry out and need a typed word', () => {
    const [fix] = judged(masqueradeAll, {
      ...NODE,
      'kube-proxy-mode': recorded('mode-masquerade-all'),
    }).fixes;
    expect(fix).toMatchObject({ byHandOnly: true, kind: 'disruptive', consentWord: 'masquerade' });
  });
});
