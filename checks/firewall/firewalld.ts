import {
  defineCheck,
  fail,
  pass,
  unknown,
  warn,
  type NodeContext,
  type Verdict,
} from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { firewallCmdListAll, type FirewalldRules } from '../probes/firewall-cmd-list-all.js';
import { firewallCmdState } from '../probes/firewall-cmd-state.js';
import type { FirewalldZone } from '../probes/support/firewalld-zones.js';
import { firstUnit } from '../probes/support/systemctl.js';
import { systemdUnits } from '../probes/systemd-units.js';
import { systemctlStatusFirewalld } from '../probes/systemctl-status-firewalld.js';
import { firewalldFixes } from './firewalld-fixes.js';
import { entryZones, runningOf, unitOf, type FirewalldFacts } from './firewalld-state.js';
import { admits, forwardsPods, inWords, needsOf } from './needs.js';
import { FIREWALL_BREAKS, HOST_POLICY, MANAGERS_OFF } from './texts.js';

const EXPECTED = 'firewalld is stopped and disabled';

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

function judge(facts: FirewalldFacts, context: NodeContext): Verdict {
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

/** As it is shipped, for the example. */
const PUBLIC: FirewalldZone = {
  name: 'public',
  target: 'default',
  interfaces: [],
  sources: [],
  services: ['dhcpv6-client', 'ssh'],
  ports: [],
  protocols: [],
  richRules: [],
};

export const firewalld = defineCheck({
  id: 'firewall/firewalld',
  title: 'firewalld does not interfere with Calico',
  why: 'firewalld rejects what no zone of its own allows, after Calico has accepted it too: BGP sessions, tunnels and forwarded pod traffic end in "No route to host", and each reload drops all traffic for a moment.',
  sources: [MANAGERS_OFF, HOST_POLICY],
  severity: 'required',
  waivable: true,
  rule: (intent) =>
    `Running fails, and the finding names what it keeps out of ${needsOf(intent, []).map(inWords).join(', ')} and whether it forwards for pods. Admitting all of it in every zone that other nodes come in by, now and after a reboot, is a warning, and so is off but enabled. Off and not installed pass.`,
  disagreement:
    'The protocol of IP-in-IP: guides open --add-protocol=ipip, and /etc/protocols gives that name the number 94. Linux and Calico send protocol 4 (ipencap there); the requirements page of 2024-10-29 says "protocol 4". Number 4 judges. The page (2024-10-29) and today\'s text both ask that firewalld be disabled; users report it working with every port open and pods and services in the zone trusted (projectcalico/calico issue 10655). The page judges, so that is a warning and no pass.',
  needs: {},
  witnesses: {
    units: systemdUnits,
    status: systemctlStatusFirewalld,
    state: firewallCmdState,
    rules: firewallCmdListAll,
  },
  breaks: FIREWALL_BREAKS,
  judge,
  fixes: firewalldFixes,
  example: {
    rules: { running: true, runtime: [PUBLIC], permanent: [PUBLIC], defaultZone: 'public' },
  },
});
