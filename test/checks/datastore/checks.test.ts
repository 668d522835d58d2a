import { expect } from 'vitest';
import { etcdVersionCheck } from '../../../checks/datastore/etcd-version.js';
import { rbac } from '../../../checks/datastore/rbac.js';
import { reachable } from '../../../checks/datastore/reachable.js';
import { testCheck } from '../../helpers/check-tester.js';
import { testCluster } from '../kubernetes/cluster-tester.js';
import { BARE, recorded } from '../kubernetes/recorded.js';

const CP = { 'kubernetes-files': recorded('files-kubeadm') };
const cluster = (name: string): Readonly<Record<string, string>> => ({
  ...CP,
  'kubectl-cluster': recorded(`cluster-${name}`),
});
const LATER = 'Kubernetes is not installed yet; ask again after install';
const WITH_ETCD = { ...BARE, 'etcd-version': 'end\n' };

testCluster(rbac, [
  { name: 'before install', nodes: { a: {} }, expect: { status: 'not-applicable', found: LATER } },
  {
    name: 'before Calico',
    nodes: { a: cluster('before-calico') },
    expect: { status: 'not-applicable', found: expect.stringContaining('Calico is not installed') },
  },
  {
    name: 'a manifest install passes',
    nodes: { a: cluster('manifest') },
    expect: { status: 'pass' },
  },
  {
    name: 'an operator install passes',
    nodes: { a: cluster('operator') },
    expect: { status: 'pass' },
  },
  {
    name: 'lost roles fail and are named',
    nodes: { a: cluster('rbac-gone') },
    expect: {
      status: 'fail',
      found: expect.stringContaining('ServiceAccount calico-kube-controllers'),
    },
  },
  {
    name: 'an API server without RBAC is not concerned',
    nodes: {
      a: {
        ...cluster('rbac-gone'),
        'kubernetes-files': recorded('files-kubeadm').replace('Node,RBAC', 'AlwaysAllow'),
      },
    },
    expect: { status: 'not-applicable' },
  },
  {
    name: 'a list that broke off is unknown',
    nodes: {
      a: {
        ...CP,
        'kubectl-cluster': recorded('cluster-rbac-gone').replace(
          'proxy yes',
          'failed objects\nproxy yes',
        ),
      },
    },
    expect: { status: 'unknown' },
  },
  { name: 'no kubeconfig is unknown', nodes: { a: CP }, expect: { status: 'unknown' } },
]);

testCluster(
  reachable,
  [
    {
      name: 'before install',
      nodes: { a: {} },
      expect: { status: 'not-applicable', found: LATER },
    },
    {
      name: 'the API server answers',
      nodes: { a: cluster('manifest') },
      expect: { status: 'pass' },
    },
    {
      name: 'a node that is silent fails',
      nodes: { a: cluster('skew') },
      expect: { status: 'fail', found: expect.stringContaining('w-2') },
    },
    {
      name: 'a node that waits for its network is heard',
      nodes: {
        a: {
          ...CP,
          'kubectl-cluster': recorded('cluster-skew').replace(
            'False,False,False,Unknown',
            'False,False,False,False',
          ),
        },
      },
      expect: { status: 'pass' },
    },
    {
      name: 'an API server that refuses is unknown',
      nodes: { a: cluster('refused') },
      expect: { status: 'unknown' },
    },
    {
      name: 'etcd that answers passes',
      nodes: { a: { 'etcd-version': recorded('etcd-running') }, b: {} },
      intent: { datastore: 'etcd' },
      expect: { status: 'pass', found: 'etcd runs on a' },
    },
    {
      name: 'etcd that nobody saw is unknown',
      nodes: { a: {} },
      intent: { datastore: 'etcd', etcdEndpoints: ['https://10.0.0.1:2379'] },
      expect: { status: 'unknown', reason: expect.stringContaining('10.0.0.1') },
    },
    {
      name: 'etcd with eBPF fails',
      nodes: { a: { 'etcd-version': recorded('etcd-running') } },
      intent: { datastore: 'etcd', dataplane: 'ebpf' },
      expect: { status: 'fail' },
    },
  ],
  WITH_ETCD,
);

const ETCD = { datastore: 'etcd' } as const;
testCheck(etcdVersionCheck, [
  { name: 'the Kubernetes datastore', says: {}, expect: { status: 'not-applicable' } },
  {
    name: '3.4.23 that runs passes',
    says: { 'etcd-version': recorded('etcd-running'), processes: 'end\n' },
    intent: ETCD,
    expect: { status: 'pass', found: 'etcd 3.4.23, running' },
  },
  {
    name: '3.4.23 that is installed passes',
    says: { 'etcd-version': recorded('etcd-program'), processes: 'end\n' },
    intent: ETCD,
    expect: { status: 'pass', found: 'etcd 3.4.23, installed' },
  },
  {
    name: 'etcd 2 fails',
    says: { 'etcd-version': 'running 2.3.8\nend\n', processes: 'end\n' },
    intent: ETCD,
    expect: { status: 'fail' },
  },
  {
    name: 'a node without etcd',
    says: { 'etcd-version': 'end\n', processes: 'end\n' },
    intent: ETCD,
    expect: { status: 'not-applicable' },
  },
  {
    name: 'an etcd that only speaks to certificates is unknown',
    says: { 'etcd-version': 'end\n', processes: 'process 4 etcd\nend\n' },
    intent: ETCD,
    expect: { status: 'unknown' },
  },
  {
    name: 'garbage is unknown',
    says: { 'etcd-version': 'x\n', processes: 'end\n' },
    intent: ETCD,
    expect: { status: 'unknown' },
  },
]);
