import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { poolHostOverlap } from '../../../checks/addresses/pool-host-overlap.js';
import { testCheck } from '../../helpers/check-tester.js';
import { recorded } from '../kubernetes/recorded.js';

const own = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const NODE = { 'ip-addr': own('one-ip-addr'), 'ip-route': own('one-ip-route') };
// The recorded cluster says 10.244.0.0/16 for pods and 10.96.0.0/12 for Services.
const MANAGER = { ...NODE, 'kubernetes-files': recorded('files-controller-manager') };
const inside = { podCIDRs: ['10.244.0.0/17'] };
const apart = { podCIDRs: ['172.20.0.0/16'] };

testCheck(poolHostOverlap, [
  {
    name: 'a pool within the --cluster-cidr passes',
    says: MANAGER,
    intent: inside,
    expect: { status: 'pass' },
  },
  {
    name: 'outside of it the operator refuses it where kubeadm made the cluster',
    says: MANAGER,
    intent: apart,
    expect: {
      status: 'fail',
      found:
        '172.20.0.0/16 is not within the pod range 10.244.0.0/16 of /etc/kubernetes/manifests/kube-controller-manager.yaml: the operator of Calico refuses the pool, because kubeadm made this cluster',
    },
  },
  {
    name: 'so does it refuse a family that the cluster has no range of',
    says: MANAGER,
    intent: { podCIDRs: ['10.244.0.0/17', 'fd00:5::/48'] },
    expect: { status: 'fail', found: expect.stringContaining('fd00:5::/48 is not within') },
  },
  {
    name: 'with the manifest it is a warning',
    says: MANAGER,
    intent: { ...apart, install: 'manifest' },
    expect: { status: 'warn', found: expect.stringContaining('kube-proxy hides the addresses') },
  },
  {
    name: 'with the manifest a family without a range is none',
    says: MANAGER,
    intent: { podCIDRs: ['10.244.0.0/17', 'fd00:5::/48'], install: 'manifest' },
    expect: { status: 'pass' },
  },
  {
    name: 'a larger pool is not within',
    says: MANAGER,
    intent: { podCIDRs: ['10.224.0.0/11'] },
    expect: { status: 'fail' },
  },
  {
    name: 'a running controller manager tells, where nothing tells of kubeadm',
    says: { ...NODE, processes: recorded('processes-controller-manager') },
    intent: apart,
    expect: {
      status: 'warn',
      found: expect.stringContaining('of the running kube-controller-manager'),
    },
  },
  {
    name: 'a running kube-proxy tells by its flag',
    says: { ...NODE, processes: recorded('processes-flags') },
    intent: apart,
    expect: { status: 'warn', found: expect.stringContaining('192.168.0.0/16 of the running') },
  },
  {
    name: 'and by its configuration',
    says: { ...NODE, processes: recorded('processes-kubeadm') },
    intent: apart,
    expect: { status: 'warn', found: expect.stringContaining('192.168.0.0/16 of the running') },
  },
  {
    name: 'k3s tells by its own',
    says: { ...NODE, 'kubernetes-files': recorded('files-k3s') },
    intent: { podCIDRs: ['192.168.0.0/16'] },
    expect: {
      status: 'warn',
      found: expect.stringContaining('10.42.0.0/16 of /etc/rancher/k3s/config.yaml'),
    },
  },
  {
    name: 'the ConfigMap of kube-proxy tells for all nodes',
    says: { ...NODE, 'kubectl-cluster': recorded('cluster-operator') },
    intent: apart,
    expect: { status: 'warn', found: expect.stringContaining('of the ConfigMap kube-proxy') },
  },
  {
    name: 'the real service range counts, whatever the intent says of it',
    says: MANAGER,
    intent: { podCIDRs: ['10.100.0.0/16'], serviceCIDRs: ['10.43.0.0/16'] },
    expect: {
      status: 'fail',
      found: expect.stringContaining('overlap: 10.100.0.0/16 with the service range 10.96.0.0/12'),
    },
  },
  {
    name: 'a stray pool does not hide that the routes are not known',
    says: { 'ip-addr': NODE['ip-addr'], processes: recorded('processes-flags') },
    intent: apart,
    expect: { status: 'unknown' },
  },
  {
    name: 'Kubernetes alone says nothing of the networks of the node',
    says: { 'kubernetes-files': recorded('files-controller-manager') },
    intent: inside,
    expect: { status: 'unknown' },
  },
]);
