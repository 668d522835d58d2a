import { parseCidr } from '../domain/cidr.js';
import type { Intent } from '../domain/intent.js';
import type { MergedSetting } from './merged-settings.js';
import { commentLine, entryLines, type Entry, type Value } from './yaml-text.js';

const mode = (intent: Intent, tunnel: 'ipip' | 'vxlan'): string => {
  if (!intent.encapsulation.startsWith(tunnel)) return 'Never';
  return intent.encapsulation.endsWith('-cross-subnet') ? 'CrossSubnet' : 'Always';
};

type Variable = {
  readonly name: string;
  readonly value: string;
  readonly comments?: readonly string[];
};

function poolVariables(intent: Intent): readonly Variable[] {
  return ([4, 6] as const).flatMap((family) => {
    const own = intent.podCIDRs.filter((cidr) => parseCidr(cidr)?.family === family);
    const [first, ...more] = own;
    if (first === undefined) return [];
    const name = (word: string): string => `CALICO_IPV${String(family)}POOL_${word}`;
    const fits = family === 4 ? intent.blockSize <= 32 : intent.blockSize > 32;
    return [
      {
        name: name('CIDR'),
        value: first,
        ...(more.length === 0
          ? {}
          : { comments: [`Make IPPool resources for the other ranges: ${more.join(', ')}`] }),
      },
      ...(fits ? [{ name: name('BLOCK_SIZE'), value: String(intent.blockSize) }] : []),
      ...(family === 4 ? [{ name: name('IPIP'), value: mode(intent, 'ipip') }] : []),
      { name: name('VXLAN'), value: mode(intent, 'vxlan') },
      { name: name('NAT_OUTGOING'), value: 'true' },
    ];
  });
}

function intentVariables(intent: Intent): readonly Variable[] {
  const when = (isWanted: boolean, name: string, value: string): readonly Variable[] =>
    isWanted ? [{ name, value }] : [];
  return [
    ...poolVariables(intent),
    ...when(intent.ipFamilies.includes('ipv6'), 'FELIX_IPV6SUPPORT', 'true'),
    ...when(intent.ipFamilies.includes('ipv6'), 'IP6', 'autodetect'),
    ...when(intent.dataplane === 'ebpf', 'FELIX_BPFENABLED', 'true'),
    ...when(intent.dataplane === 'nftables', 'FELIX_NFTABLESMODE', 'Enabled'),
    ...when(['ipv4', 'both'].includes(intent.wireguard), 'FELIX_WIREGUARDENABLED', 'true'),
    ...when(['ipv6', 'both'].includes(intent.wireguard), 'FELIX_WIREGUARDENABLEDV6', 'true'),
    ...when(intent.vxlanPort !== 4789, 'FELIX_VXLANPORT', String(intent.vxlanPort)),
  ];
}

/** The methods of detection take their argument behind a word. */
const variableValue = ({ manifest, value }: MergedSetting): string => {
  const text = typeof value === 'object' ? value.join(',') : String(value);
  return manifest?.endsWith('_AUTODETECTION_METHOD') === true && typeof value === 'object'
    ? `cidr=${text}`
    : text;
};

/** ConfigMap keys are in lower case, environment variables are not. */
const isKey = (name: string): boolean => name === name.toLowerCase();

/** What to change in calico.yaml, in the form of the two resources that hold it. */
export function manifestSettings(
  intent: Intent,
  settings: readonly MergedSetting[],
): readonly string[] {
  const named = settings.filter(({ manifest }) => manifest !== null);
  const wished = named.map((one) => ({
    name: one.manifest ?? '',
    value: variableValue(one),
    comments: one.comments,
  }));
  const overridden = new Set(wished.map(({ name }) => name));
  const data: readonly Variable[] = [
    { name: 'calico_backend', value: intent.bgp ? 'bird' : 'vxlan' },
    { name: 'typha_service_name', value: intent.typha ? 'calico-typha' : 'none' },
    { name: 'veth_mtu', value: intent.mtu === 'auto' ? '0' : String(intent.mtu) },
  ];
  const config = [
    ...data.filter(({ name }) => !overridden.has(name)),
    ...wished.filter(({ name }) => isKey(name)),
  ];
  const variables = [
    ...intentVariables(intent).filter(({ name }) => !overridden.has(name)),
    ...wished.filter(({ name }) => !isKey(name)),
  ];
  const env: readonly Value[] = variables.map(({ name, value, comments = [] }) => ({
    map: [
      { key: 'name', value: name },
      { key: 'value', value, comments },
    ],
  }));
  const headOf = (name: string): Entry => ({
    key: 'metadata',
    value: {
      map: [
        { key: 'name', value: name },
        { key: 'namespace', value: 'kube-system' },
      ],
    },
  });
  const within = (keys: readonly string[], value: Value): Value =>
    keys.reduceRight<Value>((inner, key) => ({ map: [{ key, value: inner }] }), value);
  const container: Value = [
    {
      map: [
        { key: 'name', value: 'calico-node' },
        { key: 'env', value: env },
      ],
    },
  ];
  return [
    commentLine('Bring these keys and variables into calico.yaml; nothing else of it changes.'),
    ...entryLines([
      { key: 'apiVersion', value: 'v1' },
      { key: 'kind', value: 'ConfigMap' },
      headOf('calico-config'),
      {
        key: 'data',
        value: { map: config.map(({ name, ...rest }) => ({ key: name, ...rest })) },
      },
    ]),
    '---',
    ...entryLines([
      { key: 'apiVersion', value: 'apps/v1' },
      { key: 'kind', value: 'DaemonSet' },
      headOf('calico-node'),
      { key: 'spec', value: within(['template', 'spec', 'containers'], container) },
    ]),
  ];
}
