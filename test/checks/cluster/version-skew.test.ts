import { expect } from 'vitest';
import { versionSkew } from '../../../checks/cluster/version-skew.js';
import { testCluster } from '../kubernetes/cluster-tester.js';
import { BARE, recorded } from '../kubernetes/recorded.js';

const cluster = (name: string): Readonly<Record<string, string>> => ({
  'kubernetes-files': recorded('files-kubeadm'),
  'kubectl-cluster': recorded(`cluster-${name}`),
});
const kubelet = (version: string): Readonly<Record<string, string>> => ({
  'kubelet-version': `Kubernetes ${version}\n`,
});
const kernel = (release: string): Readonly<Record<string, string>> => ({
  'uname-r': `${release}\n`,
});

testCluster(
  versionSkew,
  [
    { name: 'one node before install', nodes: { a: {} }, expect: { status: 'not-applicable' } },
    { name: 'two alike pass', nodes: { a: {}, b: {} }, expect: { status: 'pass' } },
    {
      name: 'a cluster without skew passes',
      nodes: { a: cluster('manifest') },
      expect: { status: 'pass' },
    },
    {
      name: 'an old kubelet and another runtime warn',
      nodes: { a: cluster('skew') },
      expect: {
        status: 'warn',
        found:
          'kubelets more than 3 minors behind: v1.30.4 on w-1; several kinds of container runtimes: containerd, cri-o',
      },
    },
    {
      name: 'a kubelet newer than the API server warns',
      nodes: { a: cluster('manifest'), b: kubelet('v1.35.0') },
      expect: { status: 'warn', found: expect.stringContaining('v1.35.0 on b') },
    },
    {
      name: 'three minors apart before install pass',
      nodes: { a: kubelet('v1.31.0'), b: kubelet('v1.34.0') },
      expect: { status: 'pass' },
    },
    {
      name: 'four minors apart before install warn',
      nodes: { a: kubelet('v1.30.0'), b: kubelet('v1.34.0') },
      expect: { status: 'warn' },
    },
    {
      name: 'kernels on both sides of WireGuard warn',
      nodes: { a: {}, b: kernel('5.4.0-42-generic') },
      intent: { wireguard: 'ipv4' },
      expect: { status: 'warn', found: expect.stringContaining('5.4.0-42-generic on b') },
    },
    {
      name: 'the same kernels matter to nobody else',
      nodes: { a: {}, b: kernel('5.4.0-42-generic') },
      expect: { status: 'pass' },
    },
    {
      name: 'Red Hat’s 4.18 is no skew under eBPF',
      nodes: { a: {}, b: kernel('4.18.0-553.el8_10.x86_64') },
      intent: { dataplane: 'ebpf' },
      expect: { status: 'pass' },
    },
  ],
  { ...BARE, 'uname-r': '6.1.0-40-amd64\n' },
);
