import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { CalicoSetting } from '../../src/domain/calico-setting.js';
import { DEFAULT_INTENT, type Intent } from '../../src/domain/intent.js';
import type { Finding, Report } from '../../src/domain/report.js';
import { calicoConfiguration } from '../../src/report/installation.js';
import { mergedSettings } from '../../src/report/merged-settings.js';

const finding = (settings: readonly CalicoSetting[]): Finding => ({
  check: 'addresses/mtu',
  title: 't',
  severity: 'recommended',
  status: 'warn',
  found: 'f',
  source: { page: 'p', url: 'https://example.org' },
  breaks: [],
  alternatives: [],
  fixes: [],
  settings,
  evidence: [],
});

const report = (
  intent: Partial<Intent>,
  settings: Readonly<Record<string, readonly CalicoSetting[]>> = {},
): Report => ({
  schema: 'calico-ready/report/v1',
  tool: { name: 'calico-ready', version: '1' },
  catalogue: { version: '1', checks: 1 },
  run: { id: 'r', startedAt: '', finishedAt: '' },
  intent: { ...DEFAULT_INTENT, ...intent },
  readiness: 'ready',
  summary: { pass: 0, warn: 0, fail: 0, unknown: 0, 'not-applicable': 0, waived: 0 },
  nodes: Object.entries(settings).map(([name, wished]) => ({
    name,
    host: name,
    roles: ['worker'],
    reached: true,
    readiness: 'ready',
    facts: {},
    findings: [finding(wished)],
  })),
  cluster: { findings: [] },
  paths: [],
});

const documents = (text: string): readonly unknown[] =>
  parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  });

const mtu = (value: number): CalicoSetting => ({
  installation: 'spec.calicoNetwork.mtu',
  manifest: 'veth_mtu',
  value,
  why: `bond0 has ${String(value)}`,
});
const cidrs = (...value: readonly string[]): CalicoSetting => ({
  installation: 'spec.calicoNetwork.nodeAddressAutodetectionV4.cidrs',
  manifest: 'IP_AUTODETECTION_METHOD',
  value,
  why: 'two interfaces # not a comment\nspec: evil',
});
const offload: CalicoSetting = {
  installation: null,
  manifest: 'FELIX_FEATUREDETECTOVERRIDE',
  value: 'ChecksumOffloadBroken=true',
  why: 'vmxnet3',
};

test('an intent without findings is an Installation of its values', () => {
  const { suffix, text } = calicoConfiguration(report({}));
  expect(suffix).toBe('.installation.yaml');
  expect(documents(text)).toEqual([
    {
      apiVersion: 'operator.tigera.io/v1',
      kind: 'Installation',
      metadata: { name: 'default' },
      spec: {
        variant: 'Calico',
        cni: { type: 'Calico' },
        calicoNetwork: {
          linuxDataplane: 'Iptables',
          bgp: 'Enabled',
          ipPools: [
            {
              cidr: '192.168.0.0/16',
              blockSize: 26,
              encapsulation: 'IPIP',
              natOutgoing: 'Enabled',
              nodeSelector: 'all()',
            },
          ],
        },
      },
    },
  ]);
});

test.each([
  [{ encapsulation: 'none' }, { ipPools: [{ encapsulation: 'None' }] }],
  [{ encapsulation: 'vxlan' }, { ipPools: [{ encapsulation: 'VXLAN' }] }],
  [{ encapsulation: 'ipip-cross-subnet' }, { ipPools: [{ encapsulation: 'IPIPCrossSubnet' }] }],
  [{ encapsulation: 'vxlan-cross-subnet' }, { ipPools: [{ encapsulation: 'VXLANCrossSubnet' }] }],
  [{ dataplane: 'ebpf' }, { linuxDataplane: 'BPF' }],
  [
    { dataplane: 'nftables', bgp: false },
    { linuxDataplane: 'Nftables', bgp: 'Disabled' },
  ],
  [{ mtu: 9000 }, { mtu: 9000 }],
  [
    { podCIDRs: ['10.0.0.0/16', 'fd00::/48'], blockSize: 24 },
    { ipPools: [{ blockSize: 24 }, { blockSize: 122, encapsulation: 'None' }] },
  ],
] as const satisfies readonly (readonly [Partial<Intent>, object])[])(
  '%j becomes %j',
  (intent, network) => {
    const [installation] = documents(calicoConfiguration(report(intent)).text);
    expect(installation).toMatchObject({ spec: { calicoNetwork: network } });
  },
);

test('settings of two nodes merge: the smallest number, all networks, and why', () => {
  const both = report(
    {},
    { n1: [mtu(1480), cidrs('10.0.1.0/24')], n2: [mtu(1430), cidrs('10.0.0.0/24'), offload] },
  );
  const { text } = calicoConfiguration(both);
  expect(documents(text)).toMatchObject([
    {
      spec: {
        calicoNetwork: {
          mtu: 1430,
          nodeAddressAutodetectionV4: { cidrs: ['10.0.0.0/24', '10.0.1.0/24'] },
        },
      },
    },
    { kind: 'FelixConfiguration', spec: { featureDetectOverride: 'ChecksumOffloadBroken=true' } },
  ]);
  expect(text).toContain('# The nodes need different values; 1430 fits all of them.');
  expect(text).toContain('# n2 (1430): bond0 has 1430');
  expect(mergedSettings(both).map(({ value }) => value)).toEqual([
    1430,
    ['10.0.0.0/24', '10.0.1.0/24'],
    'ChecksumOffloadBroken=true',
  ]);
});

test('a manifest install gets variables and ConfigMap keys instead', () => {
  const { suffix, text } = calicoConfiguration(
    report(
      { install: 'manifest', encapsulation: 'vxlan', bgp: false },
      { n1: [mtu(1450), cidrs('10.0.0.0/24'), offload] },
    ),
  );
  expect(suffix).toBe('.calico-settings.yaml');
  const [config, daemonSet] = documents(text);
  expect(config).toMatchObject({
    data: { calico_backend: 'vxlan', typha_service_name: 'calico-typha', veth_mtu: '1450' },
  });
  const env = [
    { name: 'CALICO_IPV4POOL_CIDR', value: '192.168.0.0/16' },
    { name: 'CALICO_IPV4POOL_BLOCK_SIZE', value: '26' },
    { name: 'CALICO_IPV4POOL_IPIP', value: 'Never' },
    { name: 'CALICO_IPV4POOL_VXLAN', value: 'Always' },
    { name: 'CALICO_IPV4POOL_NAT_OUTGOING', value: 'true' },
    { name: 'IP_AUTODETECTION_METHOD', value: 'cidr=10.0.0.0/24' },
    { name: 'FELIX_FEATUREDETECTOVERRIDE', value: 'ChecksumOffloadBroken=true' },
  ];
  expect(daemonSet).toMatchObject({
    spec: { template: { spec: { containers: [{ name: 'calico-node', env }] } } },
  });
});
