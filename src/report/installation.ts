import { blockSizeFor } from '../domain/block-size.js';
import { parseCidr } from '../domain/cidr.js';
import type { Intent } from '../domain/intent.js';
import type { Report } from '../domain/report.js';
import { READINESS } from '../domain/status.js';
import { manifestSettings } from './manifest-settings.js';
import { mergedSettings, type MergedSetting } from './merged-settings.js';
import { commentLine, entryLines, isList, type Entry, type Value } from './yaml-text.js';

/** A file for Calico that fits what was found. */
export type CalicoConfiguration = {
  /** What the file's name ends with. */
  readonly suffix: string;
  readonly text: string;
};

const ENCAPSULATION: Readonly<Record<Intent['encapsulation'], string>> = {
  ipip: 'IPIP',
  'ipip-cross-subnet': 'IPIPCrossSubnet',
  vxlan: 'VXLAN',
  'vxlan-cross-subnet': 'VXLANCrossSubnet',
  none: 'None',
};
const DATAPLANE = { iptables: 'Iptables', nftables: 'Nftables', ebpf: 'BPF' } as const;
const CNI = { calico: 'Calico', flannel: 'Calico', 'aws-vpc': 'AmazonVPC', azure: 'AzureVNET' };
function poolOf(cidr: string, intent: Intent): Value {
  const family = parseCidr(cidr)?.family ?? 4;
  // IP-in-IP carries IPv4 alone.
  const plain = family === 6 && intent.encapsulation.startsWith('ipip');
  return {
    map: [
      { key: 'cidr', value: cidr },
      { key: 'blockSize', value: blockSizeFor(family, intent.blockSize) },
      {
        key: 'encapsulation',
        value: plain ? 'None' : ENCAPSULATION[intent.encapsulation],
        ...(plain
          ? { comments: ['IP-in-IP carries no IPv6; the network must route this range.'] }
          : {}),
      },
      { key: 'natOutgoing', value: 'Enabled' },
      { key: 'nodeSelector', value: 'all()' },
    ],
  };
}

/** Puts a value at a path into a tree of entries; what was there before gives way. */
function put(
  entries: readonly Entry[],
  [key = '', ...rest]: readonly string[],
  value: Value,
  comments: readonly string[],
): readonly Entry[] {
  const old = entries.find((entry) => entry.key === key);
  const before = old?.value;
  const inner = typeof before === 'object' && !isList(before) ? before.map : [];
  const entry: Entry =
    rest.length === 0
      ? { key, value, comments }
      : { ...old, key, value: { map: put(inner, rest, value, comments) } };
  return old === undefined
    ? [...entries, entry]
    : entries.map((one) => (one.key === key ? entry : one));
}

const EMPTY: readonly Entry[] = [];

function installationSpec(intent: Intent, settings: readonly MergedSetting[]): readonly Entry[] {
  const pools = ['calico', 'flannel'].includes(intent.network) ? intent.podCIDRs : [];
  const network: readonly Entry[] = [
    { key: 'linuxDataplane', value: DATAPLANE[intent.dataplane] },
    { key: 'bgp', value: intent.bgp ? 'Enabled' : 'Disabled' },
    ...(pools.length === 0
      ? []
      : [{ key: 'ipPools', value: pools.map((cidr) => poolOf(cidr, intent)) }]),
    ...(intent.mtu === 'auto' ? [] : [{ key: 'mtu', value: intent.mtu }]),
  ];
  const spec: readonly Entry[] = [
    { key: 'variant', value: 'Calico' },
    { key: 'cni', value: { map: [{ key: 'type', value: CNI[intent.network] }] } },
    { key: 'calicoNetwork', value: { map: network } },
  ];
  return settings.reduce((tree, { installation, value, comments }) => {
    if (installation?.startsWith('spec.') !== true) return tree;
    return put(tree, installation.slice('spec.'.length).split('.'), value, comments);
  }, spec);
}

// Fields of FelixConfiguration by the variable that does the same.
const FELIX: Readonly<Record<string, string>> = {
  FELIX_FEATUREDETECTOVERRIDE: 'featureDetectOverride',
  FELIX_IPV6SUPPORT: 'ipv6Support',
  FELIX_MTUIFACEPATTERN: 'mtuIfacePattern',
  FELIX_BPFDATAIFACEPATTERN: 'bpfDataIfacePattern',
  FELIX_VXLANPORT: 'vxlanPort',
  FELIX_XDPENABLED: 'xdpEnabled',
  FELIX_IPTABLESBACKEND: 'iptablesBackend',
};

function felixSpec(intent: Intent, settings: readonly MergedSetting[]): readonly Entry[] {
  const from = settings.flatMap(({ installation, manifest, value, comments }): readonly Entry[] => {
    const key = FELIX[manifest ?? ''];
    const plain = typeof value === 'object' ? value.join(',') : value;
    return installation === null && key !== undefined ? [{ key, value: plain, comments }] : [];
  });
  const ranges = intent.nodePortRange;
  return [
    ...(['ipv4', 'both'].includes(intent.wireguard)
      ? [{ key: 'wireguardEnabled', value: true }]
      : []),
    ...(['ipv6', 'both'].includes(intent.wireguard)
      ? [{ key: 'wireguardEnabledV6', value: true }]
      : []),
    ...(intent.vxlanPort === 4789 ? EMPTY : [{ key: 'vxlanPort', value: intent.vxlanPort }]),
    ...(ranges === '30000-32767'
      ? EMPTY
      : [{ key: 'kubeNodePortRanges', value: [ranges.replace('-', ':')] }]),
    ...from,
  ];
}

const resource = (apiVersion: string, kind: string, spec: readonly Entry[]): readonly string[] =>
  entryLines([
    { key: 'apiVersion', value: apiVersion },
    { key: 'kind', value: kind },
    { key: 'metadata', value: { map: [{ key: 'name', value: 'default' }] } },
    { key: 'spec', value: { map: spec } },
  ]);

function operatorLines(intent: Intent, settings: readonly MergedSetting[]): readonly string[] {
  const felix = felixSpec(intent, settings);
  const notes = [
    ...(intent.network === 'flannel'
      ? ['The operator does not install flannel; with flannel use the canal manifest.']
      : []),
    ...(intent.datastore === 'etcd'
      ? ['The operator knows only the Kubernetes datastore; with etcd use the manifest.']
      : []),
    ...(intent.encapsulation.startsWith('ipip') && !intent.bgp
      ? ['IP-in-IP needs BGP, and the intent switches it off: the operator refuses this.']
      : []),
  ];
  return [
    ...notes.map((text) => commentLine(text)),
    ...resource('operator.tigera.io/v1', 'Installation', installationSpec(intent, settings)),
    ...(felix.length === 0
      ? []
      : [
          '---',
          commentLine('Not part of the Installation; apply it once Calico runs.'),
          ...resource('projectcalico.org/v3', 'FelixConfiguration', felix),
        ]),
  ];
}

const WORDS: Readonly<Record<Report['readiness'], string>> = {
  [READINESS.ready]: 'The fleet is ready.',
  [READINESS.notReady]:
    'The fleet is NOT ready: mend what the report lists before this is applied.',
  [READINESS.unknown]: 'It cannot be told whether the fleet is ready; see the report.',
};

/**
 * The operator's Installation for this intent with what the findings ask for, or for a manifest install the environment
 * variables and ConfigMap keys. Pure; comments say why, and where nodes need different values, what was chosen.
 */
export function calicoConfiguration(report: Report): CalicoConfiguration {
  const { intent, tool, run } = report;
  const settings = mergedSettings(report);
  const head = [
    commentLine(
      `Calico ${intent.calico}, made by ${tool.name} ${tool.version} from run ${run.id}.`,
    ),
    commentLine(WORDS[report.readiness]),
    ...(report.demo === true ? [commentLine('DEMO: recorded nodes, not real machines.')] : []),
  ];
  const isOperator = intent.install === 'operator';
  const body = isOperator ? operatorLines(intent, settings) : manifestSettings(intent, settings);
  return {
    suffix: isOperator ? '.installation.yaml' : '.calico-settings.yaml',
    text: `${[...head, ...body].join('\n')}\n`,
  };
}
