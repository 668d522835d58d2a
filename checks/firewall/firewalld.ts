import {
  defineCheck,
  fail,
  pass,
  unknown,
  warn,
  type NodeContext,
  type Verdict,
} from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import { firewallCmdListAll, type FirewalldRules } from '../probes/firewall-cmd-list-all.js';
import { firewallCmdState } from '../probes/firewall-cmd-state.js';
import type { FirewalldZone } from '../probes/support/firewalld-zones.js';
import { firstUnit, type UnitState, type UnitStates } from '../probes/support/systemctl.js';
import { systemdUnits } from '../probes/systemd-units.js';
import { systemctlStatusFirewalld } from '../probes/systemctl-status-firewalld.js';
import { pageB } from '../requirements/sources.js';
import { admits, forwardsPods, inWords, needsOf } from './needs.js';

type Facts = {
  readonly units?: UnitStates;
  readonly status?: UnitState;
  readonly state?: { readonly running: boolean };
  readonly rules?: FirewalldRules;
};

const EXPECTED = 'firewalld is stopped and disabled';

// Bridges of containers and guests on this node: no other node comes in there, and libvirt's zone rejects by design.
const isLocalBridge = (name: string): boolean => /^(?:docker|virbr|lxcbr|lxdbr|br-)/.test(name);

/** Zones that a packet of another node can arrive in: those in use, and the default for every other interface. */
const entryZones = (zones: readonly FirewalldZone[], fallback: string): readonly FirewalldZone[] =>
  zones.filter(
    ({ name, interfaces, sources }) =>
      name === fallback || sources.length > 0 || interfaces.some((one) => !isLocalBridge(one)),
  );

/** What these zones keep out; `inUse` names the zones that are used now, and so again after a reboot. */
function keptOut(
  zones: readonly FirewalldZone[],
  inUse: readonly string[],
  { intent, node }: NodeContext,
): readonly string[] {
  const doors = zones.filter(({ name }) => inUse.includes(name));
  const ports = needsOf(intent, node.roles)
    .filter((wanted) => doors.length === 0 || !doors.every((zone) => admits(zone, wanted)))
    .map(inWords);
  const pods = intent.podCIDRs.filter((cidr) => !forwardsPods(zones, cidr));
  return [...ports, ...pods.map((cidr) => `forwarding for pods in ${cidr}`)];
}

function judgeRunning(rules: FirewalldRules | undefined, context: NodeContext): Verdict {
  const { runtime = [], permanent = null, defaultZone = null } = rules ?? {};
  if (permanent === null || defaultZone === null) {
    return fail('firewalld is running', EXPECTED);
  }
  const inUse = new Set(
    [...entryZones(runtime, defaultZone), ...entryZones(permanent, defaultZone)].map(
      ({ name }) => name,
    ),
  );
  const now = keptOut(runtime, [...inUse], context);
  const later = keptOut(permanent, [...inUse], context);
  if (now.length > 0) return fail(`firewalld is running and keeps out ${now.join(', ')}`, EXPECTED);
  if (later.length > 0) {
    return fail(
      `firewalld is running, and after a reboot it keeps out ${later.join(', ')}`,
      EXPECTED,
    );
  }
  return warn(
    'firewalld is running and admits all that this intent needs, now and after a reboot',
    EXPECTED,
  );
}

const unitOf = ({ units }: Facts): UnitState | undefined => units?.get('firewalld.service');

const runningOf = (facts: Facts): boolean | null => {
  const { status, state, rules } = facts;
  const said = [unitOf(facts), status, state, rules].map((witness) => witness?.running);
  if (said.includes(true)) return true;
  return said.includes(false) ? false : null;
};

function judge(facts: Facts, context: NodeContext): Verdict {
  const running = runningOf(facts);
  if (running === null) {
    return unknown(
      reason('not-run', 'firewalld is on its way up or down'),
      'Ask again when systemctl status firewalld has settled.',
    );
  }
  if (running)
    return judgeRunning(facts.rules?.running === true ? facts.rules : undefined, context);
  const unit = firstUnit(unitOf(facts), facts.status);
  if (unit?.installed === false) return pass('firewalld is not installed');
  const words = unit === undefined ? 'not running' : unit.words;
  return unit?.enabled === true
    ? warn(`firewalld is off, but it starts at the next boot: ${words}`, EXPECTED)
    : pass(`firewalld is off: ${words}`);
}

const opened = ({ name, services, ports, protocols, richRules }: FirewalldZone): string => {
  const kept = [...services, ...ports, ...protocols.map((number) => `protocol ${number}`)];
  const rules = richRules.length === 0 ? '' : ` and ${String(richRules.length)} rich rules`;
  return `zone ${name}: ${kept.length === 0 ? 'nothing' : kept.join(' ')}${rules}`;
};

function fixes(facts: Facts): readonly Fix[] {
  const running = runningOf(facts) === true;
  const { runtime = [], defaultZone = null } = facts.rules ?? {};
  const zones = entryZones(runtime, defaultZone ?? runtime[0]?.name ?? '').map(opened);
  const shown = zones.length === 0 ? '' : ` Until now it let in, ${zones.join('; ')}.`;
  return [
    {
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
      units: [{ unit: 'firewalld.service', active: false, enabled: false }],
      commands: [],
      undoCommands: [],
      disturbsNetwork: true,
      needsReboot: false,
      byHand:
        'Run systemctl disable --now firewalld. A firewall that is needed is better kept as HostEndpoint and GlobalNetworkPolicy of Calico.',
    },
  ];
}

export const firewalld = defineCheck({
  id: 'firewall/firewalld',
  title: 'firewalld does not interfere with Calico',
  why: 'firewalld rejects what no zone of its own allows, after Calico has accepted it too: BGP sessions, tunnels and forwarded pod traffic end in "No route to host", and each reload drops all traffic for a moment.',
  sources: [
    pageB(
      'B6',
      'node-requirements',
      'firewalld and any other manager of iptables should be disabled, because they interfere with the rules that Calico adds.',
    ),
    {
      page: 'Protect hosts',
      url: 'https://docs.tigera.io/calico/latest/network-policy/hosts/',
      date: '2026-08-21',
      says: 'A firewall that is needed can be made of HostEndpoint and GlobalNetworkPolicy.',
    },
  ],
  severity: 'required',
  waivable: true,
  needs: {},
  witnesses: {
    units: systemdUnits,
    status: systemctlStatusFirewalld,
    state: firewallCmdState,
    rules: firewallCmdListAll,
  },
  breaks: ['BGP, tunnels and Typha between nodes', 'traffic of pods that this node forwards'],
  judge,
  fixes,
});
