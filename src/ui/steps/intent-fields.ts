import { INTENT_CHOICES, type Intent } from '../../domain/intent.js';
import type { FormField } from '../components/form.js';

type Change = Partial<Intent>;
/** Takes a change in; a sentence when it was refused. */
type Set = (change: Change) => string | undefined;

const list = (text: string): readonly string[] =>
  text.split(/[\s,]+/).filter((part) => part !== '');
const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

type ChoiceKey = Exclude<keyof typeof INTENT_CHOICES, 'ipFamilies'>;

const FAMILIES: Readonly<Record<string, Intent['ipFamilies']>> = {
  ipv4: ['ipv4'],
  ipv6: ['ipv6'],
  'ipv4, ipv6': ['ipv4', 'ipv6'],
};

/** A whole number, or a sentence saying that it is none. */
function whole(text: string, apply: (value: number) => string | undefined): string | undefined {
  return /^\d{1,6}$/.test(text.trim()) ? apply(Number(text.trim())) : 'Type a whole number.';
}

/**
 * The intent as a form, in the order in which an operator decides. Values are checked by the session, which
 * refuses a wrong one and keeps the old; what was typed stays in the field, to be corrected.
 */
export function intentFields(
  intent: Intent,
  set: Set,
  load: (path: string) => void,
): readonly FormField[] {
  const choice = (id: ChoiceKey, label: string, help?: string): FormField => ({
    kind: 'choice',
    id,
    label,
    help,
    value: intent[id],
    choices: INTENT_CHOICES[id],
    onChoose: (value) => {
      set({ [id]: value });
    },
  });
  const toggle = (id: 'bgp' | 'typha' | 'sctp', label: string, help?: string): FormField => ({
    kind: 'choice',
    id,
    label,
    help,
    value: yesNo(intent[id]),
    choices: ['yes', 'no'],
    onChoose: (value) => {
      set({ [id]: value === 'yes' });
    },
  });
  const text = (
    id: string,
    label: string,
    value: string,
    change: (typed: string) => Change,
    help: string,
  ): FormField => ({
    kind: 'text',
    id,
    label,
    value,
    help,
    onCommit: (typed) => set(change(typed.trim())),
  });
  const number = (
    id: 'blockSize' | 'apiServerPort' | 'typhaPort' | 'vxlanPort',
    label: string,
    help: string,
  ): FormField => ({
    kind: 'text',
    id,
    label,
    help,
    value: String(intent[id]),
    onCommit: (typed) => whole(typed, (value) => set({ [id]: value })),
  });
  return [
    choice(
      'calico',
      'Calico',
      'The release. 3.0 and 3.29-page-B: the two requirement pages by their letter.',
    ),
    choice('dataplane', 'Data plane'),
    choice('encapsulation', 'Encapsulation', 'How pod traffic crosses between nodes.'),
    toggle('bgp', 'BGP', 'Calico announces routes over TCP 179.'),
    choice('wireguard', 'WireGuard', 'Encryption between nodes, by IP family.'),
    {
      kind: 'choice',
      id: 'ipFamilies',
      label: 'IP families',
      value: intent.ipFamilies.join(', '),
      choices: Object.keys(FAMILIES),
      onChoose: (value) => {
        set({ ipFamilies: FAMILIES[value] ?? intent.ipFamilies });
      },
    },
    text(
      'podCIDRs',
      'Pod CIDRs',
      intent.podCIDRs.join(', '),
      (typed) => ({ podCIDRs: list(typed) }),
      'Such as 10.244.0.0/16; several with commas.',
    ),
    text(
      'serviceCIDRs',
      'Service CIDRs',
      intent.serviceCIDRs.join(', '),
      (typed) => ({ serviceCIDRs: list(typed) }),
      'Such as 10.96.0.0/12; several with commas.',
    ),
    choice('kubeProxy', 'kube-proxy', 'Its mode; none when the data plane replaces it.'),
    text(
      'kubernetes',
      'Kubernetes',
      intent.kubernetes,
      (typed) => ({ kubernetes: typed }),
      'The release, such as 1.34.',
    ),
    choice('datastore', 'Datastore'),
    text(
      'etcdEndpoints',
      'etcd endpoints',
      intent.etcdEndpoints.join(', '),
      (typed) => ({ etcdEndpoints: list(typed) }),
      'Only for the etcd datastore; several with commas.',
    ),
    toggle('typha', 'Typha'),
    choice('install', 'Installed by'),
    choice(
      'network',
      'Network',
      'Who carries the pods: Calico itself, or another with Calico policy.',
    ),
    text(
      'apiServer',
      'API server',
      intent.apiServer,
      (typed) => ({ apiServer: typed }),
      'host:port when it is known; empty while it is not.',
    ),
    number('apiServerPort', 'API port', 'TCP port of the Kubernetes API.'),
    number('typhaPort', 'Typha port', 'TCP port of Typha.'),
    number('vxlanPort', 'VXLAN port', 'UDP port of VXLAN.'),
    number('blockSize', 'Block size', 'Prefix length of an address block, such as 26.'),
    text(
      'mtu',
      'MTU',
      String(intent.mtu),
      (typed) => ({ mtu: typed === 'auto' ? 'auto' : Number(typed) }),
      'Bytes, or auto.',
    ),
    text(
      'nodePortRange',
      'NodePorts',
      intent.nodePortRange,
      (typed) => ({ nodePortRange: typed }),
      'first-last, such as 30000-32767.',
    ),
    toggle('sctp', 'SCTP', 'Pods or policies use SCTP.'),
    {
      kind: 'text',
      id: 'load',
      label: 'Load a file',
      value: '',
      placeholder: 'path of an intent file',
      onCommit: (typed) => {
        if (typed.trim() !== '') load(typed.trim());
        return undefined;
      },
    },
  ];
}
