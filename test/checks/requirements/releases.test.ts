import { describe, expect, test } from 'vitest';
import { bpfArchitectures, bpfConflicts } from '../../../checks/requirements/bpf-features.js';
import {
  ebpfKernel,
  nftablesKernel,
  x8664Level,
} from '../../../checks/requirements/dataplane-kernels.js';
import {
  compareKubernetes,
  kubeProxyModes,
  kubernetesRange,
  kubernetesStanding,
} from '../../../checks/requirements/kubernetes-versions.js';
import { nodeRequirements } from '../../../checks/requirements/releases.js';
import { DEFAULT_INTENT, RELEASES, type Intent } from '../../../src/domain/intent.js';

type Facts = {
  readonly kernel: string;
  readonly first: string;
  readonly kubernetes: string;
  readonly brokenUpTo: string;
  readonly modes: number;
  readonly level: string | null;
  readonly ebpf: string | null;
  readonly nftables: string | null;
  readonly bpf: number;
};

const OLD: Facts = {
  kernel: '3.10',
  first: 'RHEL 7',
  kubernetes: '',
  brokenUpTo: '1.20',
  modes: 2,
  level: null,
  ebpf: '5.3',
  nftables: null,
  bpf: 2,
};
const NEW: Facts = { ...OLD, kernel: '5.10', first: 'Ubuntu 20.04+', modes: 3, nftables: '5.13' };

// Read from the pages of each release; a change here is a change of what a release is judged by.
const EXPECTED: Readonly<Record<Intent['calico'], Facts>> = {
  '3.0': { ...OLD, first: '', brokenUpTo: '1.2', ebpf: null, bpf: 1 },
  '3.25': {
    ...OLD,
    kubernetes: '1.23 1.24 1.25 1.26 1.27 1.28',
    brokenUpTo: '1.15',
    bpf: 1,
  },
  '3.26': { ...OLD, kubernetes: '1.24 1.25 1.26 1.27 1.28', bpf: 1 },
  '3.27': { ...OLD, kubernetes: '1.27 1.28 1.29' },
  '3.28': { ...OLD, kubernetes: '1.27 1.28 1.29 1.30' },
  '3.29-page-B': { ...OLD, kubernetes: '1.29 1.30 1.31', modes: 3, nftables: '5.13' },
  '3.29': { ...NEW, kubernetes: '1.29 1.30 1.31 1.32' },
  '3.30': { ...NEW, kubernetes: '1.31 1.32 1.33 1.34 1.35' },
  '3.31': { ...NEW, kubernetes: '1.32 1.33 1.34 1.35', level: 'x86-64-v2', ebpf: '5.10' },
  '3.32': { ...NEW, kubernetes: '1.34 1.35 1.36', level: 'x86-64-v2', ebpf: '5.10' },
};

describe.each(RELEASES)('Calico %s', (release) => {
  test('has the requirements of its page', () => {
    const { kernel, distributions, architectures } = nodeRequirements(release);
    const range = kubernetesRange(release);
    expect({
      kernel: kernel.join('.'),
      first: distributions[0]?.name ?? '',
      kubernetes: range.tested.join(' '),
      brokenUpTo: range.brokenUpTo,
      modes: kubeProxyModes(release).length,
      level: x8664Level(release),
      ebpf: ebpfKernel(release)?.kernel.join('.') ?? null,
      nftables: nftablesKernel(release)?.kernel.join('.') ?? null,
      bpf: bpfArchitectures(release).length,
    }).toEqual(EXPECTED[release]);
    expect(architectures).toEqual(['x86_64', 'aarch64', 'ppc64le', 's390x']);
    expect(range.source.date).toMatch(/^\d{4}-\d\d(-\d\d)?$/);
  });
});

test.each([
  ['3.32', '1.34', 'tested'],
  ['3.32', 'v1.36.2+rke2r1', 'tested'],
  ['3.32', '1.37', 'newer'],
  ['3.32', '1.33', 'untested'],
  ['3.32', '1.21', 'may-work'],
  ['3.32', '1.20', 'broken'],
  ['3.25', '1.16', 'may-work'],
  ['3.25', '1.15', 'broken'],
  ['3.25', '1.20', 'untested'],
  ['3.29-page-B', '1.32', 'newer'],
  ['3.29', '1.32', 'tested'],
  ['3.0', '1.34', 'untested'],
  ['3.0', '1.2', 'broken'],
  ['3.32', 'soon', 'unreadable'],
  ['3.32', '1', 'unreadable'],
] as const)('Calico %s and Kubernetes %s: %s', (release, version, standing) => {
  expect(kubernetesStanding(release, version)).toBe(standing);
});

test('versions are compared as numbers', () => {
  expect(compareKubernetes('1.9', '1.10')).toBeLessThan(0);
  expect(compareKubernetes('1.35.1', 'v1.35.9')).toBe(0);
  expect(compareKubernetes('x', '1.10')).toBeNull();
});

test('what the eBPF data plane has not', () => {
  const conflicts = (intent: Partial<Intent>): readonly string[] =>
    bpfConflicts({ ...DEFAULT_INTENT, dataplane: 'ebpf', ...intent });
  expect(conflicts({})).toEqual([]);
  expect(conflicts({ datastore: 'etcd', sctp: true })).toHaveLength(2);
  expect(conflicts({ ipFamilies: ['ipv6'], calico: '3.26', encapsulation: 'vxlan' })).toHaveLength(
    1,
  );
  expect(conflicts({ ipFamilies: ['ipv4', 'ipv6'] })).toEqual(['IPIP together with IPv6']);
});
