import type { NodeContext } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import type { FirewalldZone } from '../probes/support/firewalld-zones.js';
import { entryZones, runningOf, type FirewalldFacts } from './firewalld-state.js';
import { handover } from './host-endpoint-policy.js';
import { admits, forwardsPods, needsOf } from './needs.js';

const UNIT = 'firewalld.service';
const CMD = '/usr/bin/firewall-cmd';

const opened = ({ name, services, ports, protocols, richRules }: FirewalldZone): string => {
  const kept = [...services, ...ports, ...protocols.map((number) => `protocol ${number}`)];
  const rules = richRules.length === 0 ? '' : ` and ${String(richRules.length)} rich rules`;
  return `zone ${name}: ${kept.length === 0 ? 'nothing' : kept.join(' ')}${rules}`;
};

const zonesNow = ({ rules }: FirewalldFacts): readonly FirewalldZone[] => {
  const { runtime = [], defaultZone = null } = rules ?? {};
  return entryZones(runtime, defaultZone ?? runtime[0]?.name ?? '');
};

function disable(facts: FirewalldFacts): Fix {
  const running = runningOf(facts) === true;
  const zones = zonesNow(facts).map(opened);
  const shown = zones.length === 0 ? '' : ` Until now it let in, ${zones.join('; ')}.`;
  return {
    way: 'disable',
    summary: running
      ? 'Stop firewalld and keep it from starting at boot.'
      : 'Keep firewalld from starting at boot.',
    kind: 'disruptive',
    consentWord: 'disable',
    loses: [
      `Every port of this node is open to whoever can reach it, until Calico or another firewall guards it.${shown}`,
      'Masquerading and port forwarding that firewalld set up stop.',
    ],
    files: [],
    units: [{ unit: UNIT, active: false, enabled: false }],
    commands: [],
    undoCommands: [],
    disturbsNetwork: true,
    needsReboot: false,
    byHand:
      'Run systemctl disable --now firewalld. A firewall that is needed is better kept as HostEndpoint and GlobalNetworkPolicy of Calico.',
  };
}

/** Options after `--permanent`, without their `add` or `remove`: what this intent needs and the zones do not have yet. */
function missing(facts: FirewalldFacts, { intent, node }: NodeContext): readonly string[] {
  const permanent = facts.rules?.permanent ?? [];
  const doors = zonesNow(facts).map(({ name }) => name);
  const inZones = permanent.filter(({ name }) => doors.includes(name));
  const ports = inZones.flatMap((zone) =>
    needsOf(intent, node.roles)
      .filter((wanted) => !admits(zone, wanted))
      .map(({ port, protocol }) =>
        protocol === 'ip'
          ? `--zone=${zone.name} ADD-protocol=${String(port)}`
          : `--zone=${zone.name} ADD-port=${String(port)}/${protocol}`,
      ),
  );
  const trusted = (cidrs: readonly string[]): readonly string[] =>
    cidrs
      .filter((cidr) => !forwardsPods(permanent, cidr))
      .map((cidr) => `--zone=trusted ADD-source=${cidr}`);
  const needed = [...ports, ...trusted(intent.podCIDRs)];
  // Services are part of the recipe that users report, and no need of their own.
  return needed.length === 0 ? [] : [...needed, ...trusted(intent.serviceCIDRs)];
}

function open(facts: FirewalldFacts, context: NodeContext): readonly Fix[] {
  const options = missing(facts, context);
  if (runningOf(facts) !== true || facts.rules?.permanent == null || options.length === 0)
    return [];
  const lines = (verb: 'add' | 'remove'): readonly string[] => [
    ...options.map((option) => `${CMD} --permanent ${option.replace('ADD-', `--${verb}-`)}`),
    `${CMD} --reload`,
  ];
  return [
    {
      way: 'open',
      summary:
        'Keep firewalld and open what this intent needs, for good; the check stays a warning.',
      kind: 'disruptive',
      consentWord: 'open',
      loses: [
        'Each reload of firewalld drops all traffic for a moment.',
        'Whoever sends with an address of a pod or a service is trusted with every port.',
      ],
      files: [],
      units: [],
      commands: lines('add'),
      undoCommands: lines('remove'),
      disturbsNetwork: true,
      needsReboot: false,
      byHandOnly: true,
      byHand: `Run, as root: ${lines('add').join('; ')}. Restart calico-node and kube-proxy afterwards where they run already. Protocol 4 must be given as a number: ipip is number 94.`,
    },
  ];
}

/** `disable` is the one that is applied; the other two ways are for the operator's own hands. */
export const firewalldFixes = (facts: FirewalldFacts, context: NodeContext): readonly Fix[] => [
  disable(facts),
  ...open(facts, context),
  handover(context.intent, 'firewalld', [UNIT]),
];
