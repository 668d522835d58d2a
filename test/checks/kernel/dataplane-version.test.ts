import { describe, expect, test } from 'vitest';
import { dataplaneVersion } from '../../../checks/kernel/dataplane-version.js';
import { felixVersion } from '../../../checks/kernel/running-kernel.js';
import { DEFAULT_INTENT } from '../../../src/domain/intent.js';
import { testCheck, type Case } from '../../helpers/check-tester.js';

const BPF = { dataplane: 'ebpf' } as const;
const RHEL = 'NAME="Red Hat Enterprise Linux"\nID="rhel"\nVERSION_ID="8.4"\n'; // composed by hand
const UBUNTU = 'NAME="Ubuntu"\nID=ubuntu\nVERSION_ID="20.04"\n'; // composed by hand

describe('the kernel as Felix reads it', () => {
  test.each([
    ['4.18.0-305.el8.x86_64', [4, 18, 0, 305]],
    ['6.12.63+deb13-amd64', [6, 12, 63]],
    ['5.15.0-1051-azure', [5, 15, 0, 1051]],
    ['5.4.144+', [5, 4, 144]],
    ['5.15.138.1-4.cm2', [5, 15, 138]],
    ['6.12.20-amd64-desktop-rolling', [6, 12, 20]],
    ['6.18-rc1', [3, 10]],
    ['nonsense', [3, 10]],
  ])('%s', (release, numbers) => {
    expect(felixVersion(release)).toEqual(numbers);
  });
});

type Row = readonly [
  string,
  string,
  string | undefined,
  Partial<typeof DEFAULT_INTENT>,
  Case['expect']['status'],
];
const OLD = ['3.25', '3.26', '3.27', '3.28', '3.29', '3.30', '3.29-page-B'] as const;
const NEW = ['3.31', '3.32'] as const;
const rows: readonly Row[] = [
  ...OLD.flatMap((calico): Row[] => [
    ['5.3 by the older page', '5.3.0-42-generic', UBUNTU, { ...BPF, calico }, 'pass'],
    ['5.2 by the older page', '5.2.0-1-amd64', UBUNTU, { ...BPF, calico }, 'fail'],
    ['RHEL 8.2', '4.18.0-193.el8.x86_64', RHEL, { ...BPF, calico }, 'pass'],
    ['RHEL 8.1', '4.18.0-147.el8.x86_64', RHEL, { ...BPF, calico }, 'fail'],
  ]),
  ...NEW.flatMap((calico): Row[] => [
    ['5.10 by the newer page', '5.10.0-32-amd64', undefined, { ...BPF, calico }, 'pass'],
    ['5.4 by the newer page', '5.4.0-88-generic', UBUNTU, { ...BPF, calico }, 'fail'],
    ['RHEL 8.4', '4.18.0-305.el8.x86_64', RHEL, { ...BPF, calico }, 'pass'],
    ['RHEL 8.3', '4.18.0-240.1.1.el8_3.x86_64', RHEL, { ...BPF, calico }, 'fail'],
    ['Oracle with the old UEK', '5.4.17-2136.el8uek.x86_64', RHEL, { ...BPF, calico }, 'fail'],
  ]),
  ['a kernel that Felix cannot read', '6.18-rc1', UBUNTU, BPF, 'fail'],
  ['5.13', '5.13.0-1-amd64', undefined, { dataplane: 'nftables' }, 'pass'],
  ['5.12', '5.12.0-1-amd64', undefined, { dataplane: 'nftables' }, 'fail'],
  [
    'RHEL 8 has no exception',
    '4.18.0-553.el8_10.x86_64',
    RHEL,
    { dataplane: 'nftables', calico: '3.29' },
    'fail',
  ],
  [
    'no nftables before 3.29',
    '4.18.0-553.el8_10.x86_64',
    RHEL,
    { dataplane: 'nftables', calico: '3.28' },
    'not-applicable',
  ],
  ['no eBPF in 3.0', '6.1.0-1-amd64', undefined, { ...BPF, calico: '3.0' }, 'not-applicable'],
  ['kube-proxy alone', '5.4.0-88-generic', UBUNTU, { kubeProxy: 'nftables' }, 'fail'],
  ['WireGuard on a kernel before it', '5.4.0-88-generic', UBUNTU, { wireguard: 'ipv4' }, 'warn'],
  ['WireGuard', '5.6.0-1-amd64', undefined, { wireguard: 'ipv4' }, 'pass'],
  [
    'VXLAN over IPv6',
    '4.19.0-26-amd64',
    undefined,
    { ipFamilies: ['ipv6'], encapsulation: 'vxlan' },
    'fail',
  ],
  [
    'VXLAN over IPv6 with Red Hat',
    '4.18.0-80.el8.x86_64',
    RHEL,
    { ipFamilies: ['ipv6'], encapsulation: 'vxlan' },
    'pass',
  ],
  ['whose 4.18 it is, nobody says', '4.18.0-305-custom', undefined, BPF, 'unknown'],
  ['plain iptables', '3.10.0-1062.el7.x86_64', undefined, {}, 'not-applicable'],
];
testCheck(
  dataplaneVersion,
  rows.map(([name, release, os, intent, status]) => ({
    name: `${name}, Calico ${intent.calico ?? DEFAULT_INTENT.calico}`,
    says: { 'uname-r': `${release}\n`, ...(os === undefined ? {} : { 'os-release': os }) },
    intent,
    expect: { status },
  })),
);
