import { defineCheck, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import type { Intent } from '../../src/domain/intent.js';
import { reason } from '../../src/domain/reason.js';
import { someOf } from '../../src/domain/some-of.js';
import { ipAddr, type IpAddr } from '../probes/ip-addr.js';
import { NODE_DAEMONS, type Daemon } from '../requirements/kubernetes-daemons.js';
import { processes, running, type Process } from '../probes/processes.js';
import type { UnitStates } from '../probes/support/systemctl.js';
import { systemdUnits } from '../probes/systemd-units.js';

type Facts = {
  readonly addresses?: IpAddr;
  readonly units?: UnitStates;
  readonly daemons?: readonly Process[];
};

const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^flannel(?:\.\d+|-v6\.\d+|\d*)$/, 'flannel'],
  [/^cni\d$/, 'the bridge plug-in'],
  [/^(?:cilium_|lxc_health$)/, 'Cilium'],
  [/^kube-(?:bridge|dummy-if)$/, 'kube-router'],
  [/^(?:weave$|vethwe-|vxlan-6784$)/, 'Weave Net'],
  [/^(?:ovn-k8s-|genev_sys_6081$)/, 'OVN-Kubernetes'],
  [/^antrea-/, 'Antrea'],
];
const CALICOS = /^(?:vxlan(?:-v6)?\.calico|wireguard\.cali|wg-v6\.cali|cali[0-9a-f]{11})$/;
const KUBELETS = ['kubelet', 'k3s', 'k3s-agent', 'rke2-server', 'rke2-agent'];
/** Calico, and what may start it. */
const AT_WORK = [
  'calico-node',
  'calico-felix',
  ...NODE_DAEMONS,
] as const satisfies readonly Daemon[];

type Leftover = { readonly name: string; readonly of: string };

/** Whether Calico may be at work here: it runs, or a kubelet that may start it does. Null when nobody tells. */
function mayRun({ units, daemons }: Facts): boolean | null {
  const states = KUBELETS.map((name) => units?.get(`${name}.service`)?.running);
  const seen = daemons !== undefined && running(daemons, ...AT_WORK).length > 0;
  if (seen || states.includes(true)) return true;
  return daemons !== undefined || states.every((state) => state === false) ? false : null;
}

/** Interfaces that only Calico makes. The module makes tunl0 in every namespace; only Calico gives it an address. */
const ofCalico = ({ addresses }: Facts): readonly string[] =>
  (addresses?.links ?? []).flatMap(({ name }) => {
    const addressed = addresses?.addresses.some(
      ({ device, address }) => device === name && !address.includes(':'),
    );
    return CALICOS.test(name) || (name === 'tunl0' && addressed === true) ? [name] : [];
  });

function ofOthers({ addresses }: Facts, intent: Intent): readonly Leftover[] {
  return (addresses?.links ?? []).flatMap(({ name }) => {
    const of = OTHERS.find(([names]) => names.test(name))?.[1];
    if (of === undefined) return [];
    const used = intent.network === 'flannel' && ['flannel', 'the bridge plug-in'].includes(of);
    return used ? [] : [{ name, of }];
  });
}

/** In the order of the node. */
function leftoversOf(facts: Facts, intent: Intent): readonly Leftover[] {
  const gone = mayRun(facts) === false ? ofCalico(facts) : [];
  const found = [
    ...ofOthers(facts, intent),
    ...gone.map((name) => ({ name, of: 'an earlier Calico' })),
  ];
  const order = (facts.addresses?.links ?? []).map(({ name }) => name);
  return found.toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
}

function judge(facts: Facts, intent: Intent): Verdict {
  if (facts.addresses === undefined) {
    const why = reason('not-run', 'the interfaces of the node are not known');
    return unknown(why, 'Run ip addr on the node.');
  }
  const found = leftoversOf(facts, intent);
  const unsure = ofCalico(facts);
  if (found.length === 0 && unsure.length > 0 && mayRun(facts) === null) {
    return unknown(
      reason('not-run', `${someOf(unsure)}: nobody told whether Calico or a kubelet runs`),
      'Audit the node itself.',
    );
  }
  const [shown, more] = [found.slice(0, 5), found.length - 5];
  return found.length === 0
    ? pass('no interface of another or an earlier pod network')
    : warn(
        shown.map(({ name, of }) => `${name} of ${of}`).join(', ') +
          (more > 0 ? ` and ${String(more)} more` : ''),
        'no interface that an earlier pod network left behind',
      );
}

function fixes(facts: Facts, intent: Intent): readonly Fix[] {
  const names = leftoversOf(facts, intent)
    .map(({ name }) => name)
    .filter((name) => /^[\w.-]+$/.test(name));
  if (names.length === 0) return [];
  return [
    {
      way: 'delete',
      summary: `Delete ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and the others' : ''}.`,
      kind: 'disruptive',
      consentWord: 'delete',
      loses: ['Pods that still use these interfaces lose the network.'],
      files: [],
      units: [],
      commands: names.map((name) =>
        name === 'tunl0'
          ? '/usr/sbin/ip addr flush dev tunl0'
          : `/usr/sbin/ip link delete dev ${name}`,
      ),
      undoCommands: [],
      disturbsNetwork: true,
      needsReboot: false,
      byHandOnly: true,
      byHand:
        'Remove the earlier network with its own uninstaller and its files in /etc/cni/net.d, then run ip link delete for each interface, or restart the node.',
    },
  ];
}

export const leftovers = defineCheck({
  id: 'interfaces/leftovers',
  title: 'No earlier pod network left interfaces behind',
  why: 'Interfaces of another or an earlier network keep their routes, addresses and UDP ports: packets to pods take the wrong way, and VXLAN ports are taken.',
  sources: [
    {
      page: 'Leftovers: calico issues 2561 and 7835',
      url: 'https://github.com/projectcalico/calico/issues/2561',
      date: '2026-08-23',
      says: 'Interfaces and files of flannel that stayed behind broke the network after a change to Calico.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: ({ network }) =>
    `Warns on interfaces of other pod networks${network === 'flannel' ? ' but flannel, which is wanted' : ''}, and on those of Calico where neither Calico nor a kubelet runs; a tunl0 without an address is just the kernel module.`,
  needs: {},
  witnesses: { addresses: ipAddr, units: systemdUnits, daemons: processes },
  breaks: ['routes to pods', 'VXLAN, when another device has its port'],
  judge: (facts, { intent }) => judge(facts, intent),
  fixes: (facts, { intent }) => fixes(facts, intent),
  example: {
    addresses: {
      devices: [],
      addresses: [],
      links: [
        {
          name: 'flannel.1',
          index: 7,
          flags: ['UP'],
          mtu: 1500,
          state: 'UP',
          master: '',
          linkType: 'ether',
          mac: '',
          kind: 'vxlan',
          lower: '',
        },
      ],
    },
  },
});
