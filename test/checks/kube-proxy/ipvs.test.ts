import { expect } from 'vitest';
import { ipvsExternalIps } from '../../../checks/kube-proxy/ipvs-external-ips.js';
import { ipvsInterfaceNames } from '../../../checks/kube-proxy/ipvs-interface-names.js';
import { ipvsMarkBits } from '../../../checks/kube-proxy/ipvs-mark-bits.js';
import { ipvsNodeportRange } from '../../../checks/kube-proxy/ipvs-nodeport-range.js';
import { testCheck, type Said } from '../../helpers/check-tester.js';
import { testCluster } from '../kubernetes/cluster-tester.js';
import { BARE, recorded } from '../kubernetes/recorded.js';

const WORKER = { 'kubernetes-files': recorded('files-worker') };
const IPVS = { kubeProxy: 'ipvs' } as const;
const BITS: Readonly<Record<string, Said>> = {
  'kubernetes-files': recorded('files-worker'),
  processes: 'end\n',
  'kubectl-cluster': 'none\nend\n',
};
const PODS = recorded('files-worker').replace('key cgroupDriver: systemd', 'key maxPods: 2000');
testCheck(ipvsMarkBits, [
  { name: 'not in iptables mode', says: BITS, expect: { status: 'not-applicable' } },
  { name: '110 pods pass', says: BITS, intent: IPVS, expect: { status: 'pass' } },
  {
    name: '2000 pods warn',
    says: { ...BITS, 'kubernetes-files': PODS },
    intent: IPVS,
    expect: { status: 'warn', found: expect.stringContaining('2000') },
  },
  {
    name: '2000 pods with a mask of its own are not judged',
    says: {
      ...BITS,
      'kubernetes-files': PODS,
      'kubectl-cluster': recorded('cluster-ipvs').replace('0xffff0000', '0xffff2000'),
    },
    intent: IPVS,
    expect: { status: 'not-applicable' },
  },
  {
    name: 'a mask over kube-proxy’s bit warns',
    says: {
      ...BITS,
      'kubectl-cluster': recorded('cluster-ipvs').replace('0xffff0000', '4294950912'),
    },
    intent: IPVS,
    expect: { status: 'warn', found: expect.stringContaining('bit 14') },
  },
  {
    name: 'before install',
    says: { ...BITS, 'kubernetes-files': 'end\n' },
    intent: IPVS,
    expect: { status: 'not-applicable' },
  },
]);

testCheck(ipvsNodeportRange, [
  { name: 'not in iptables mode', says: BITS, expect: { status: 'not-applicable' } },
  { name: 'the usual range passes', says: BITS, intent: IPVS, expect: { status: 'pass' } },
  {
    name: 'another range of the intent warns',
    says: BITS,
    intent: { ...IPVS, nodePortRange: '20000-21000' },
    expect: { status: 'warn', expected: 'kubeNodePortRanges of Felix: 20000:21000' },
  },
  {
    name: 'the range of the API server that Felix knows passes',
    says: {
      ...BITS,
      processes: 'process 4 kube-apiserver\nflag service-node-port-range=40000-41000\nend\n',
      'kubectl-cluster': recorded('cluster-ipvs'),
    },
    intent: IPVS,
    expect: { status: 'pass' },
  },
  {
    name: 'the range of the API server that Felix does not know warns',
    says: {
      ...BITS,
      processes: 'process 4 kube-apiserver\nflag service-node-port-range=42000-43000\nend\n',
      'kubectl-cluster': recorded('cluster-ipvs'),
    },
    intent: IPVS,
    expect: { status: 'warn' },
  },
]);

// Composed by hand after `ip -o addr` of iproute2 6.1.
const IP = (name: string, address: string): string =>
  `1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: ${name}    inet ${address}/24 brd 10.0.0.255 scope global ${name}\\       valid_lft forever preferred_lft forever
`;
testCheck(ipvsInterfaceNames, [
  {
    name: 'is obsolete today',
    says: { 'ip-addr': IP('eno1', '10.0.0.21') },
    intent: IPVS,
    expect: { status: 'not-applicable', found: expect.stringContaining('obsolete') },
  },
  {
    name: 'warned for Kubernetes 1.9',
    says: { 'ip-addr': IP('eno1', '10.0.0.21') },
    intent: { ...IPVS, kubernetes: '1.9' },
    expect: { status: 'warn' },
  },
  {
    name: 'eth0 passed for Kubernetes 1.9',
    says: { 'ip-addr': IP('eth0', '10.0.0.21') },
    intent: { ...IPVS, kubernetes: '1.9' },
    expect: { status: 'pass' },
  },
  { name: 'not in iptables mode', says: {}, expect: { status: 'not-applicable' } },
]);

testCluster(
  ipvsExternalIps,
  [
    {
      name: 'before install',
      nodes: { a: {} },
      intent: IPVS,
      expect: { status: 'not-applicable' },
    },
    {
      name: 'an external address of a node warns',
      nodes: { a: { ...WORKER, 'kubectl-cluster': recorded('cluster-ipvs') } },
      intent: IPVS,
      expect: {
        status: 'warn',
        found: expect.stringContaining('shop/front: 10.0.0.21 of w-1'),
      },
    },
    {
      name: 'addresses that no node has pass',
      nodes: {
        a: {
          ...WORKER,
          'kubectl-cluster': recorded('cluster-ipvs').replace('10.0.0.21,203', '203'),
        },
      },
      intent: IPVS,
      expect: { status: 'pass' },
    },
    {
      name: 'an address that only the node itself shows warns',
      nodes: {
        a: {
          ...WORKER,
          'kubectl-cluster': recorded('cluster-ipvs').replace('10.0.0.21,203', '203'),
          'ip-addr': IP('eno1', '203.0.113.8'),
        },
      },
      intent: IPVS,
      expect: { status: 'warn' },
    },
    {
      name: 'no external addresses pass',
      nodes: { a: { ...WORKER, 'kubectl-cluster': recorded('cluster-manifest') } },
      intent: IPVS,
      expect: { status: 'pass', found: 'no Service has an external address' },
    },
    {
      name: 'no kubeconfig is unknown',
      nodes: { a: WORKER },
      intent: IPVS,
      expect: { status: 'unknown' },
    },
  ],
  { ...BARE, 'ip-addr': IP('eno1', '10.0.0.99') },
);
