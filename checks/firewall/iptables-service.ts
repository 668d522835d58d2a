import {
  defineCheck,
  fail,
  pass,
  unknown,
  type NodeContext,
  type Verdict,
} from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import type { UnitState, UnitStates } from '../probes/support/systemctl.js';
import { systemctlStatusIp6tables } from '../probes/systemctl-status-ip6tables.js';
import { systemctlStatusIptables } from '../probes/systemctl-status-iptables.js';
import { systemdUnits } from '../probes/systemd-units.js';
import { BY_OPENRC, disableByHand, handover, OR_HANDOVER } from './host-endpoint-policy.js';
import { isUsed, SETTLE } from './in-use.js';
import { FIREWALL_BREAKS, HOST_POLICY, MANAGERS_OFF } from './texts.js';

type Facts = {
  readonly units?: UnitStates;
  readonly status?: UnitState;
  readonly status6?: UnitState;
};

const UNITS = ['iptables.service', 'ip6tables.service'] as const;

/** Debian's netfilter-persistent bears both names as aliases; firewall/others judges that one. */
const isAlias = (units: UnitStates, unit: string): boolean =>
  units.get('netfilter-persistent.service')?.installed === true &&
  units.get(unit) === units.get('netfilter-persistent.service');

const own = (units: UnitStates): readonly string[] =>
  UNITS.filter((unit) => units.get(unit)?.installed === true && !isAlias(units, unit));

const inUse = (units: UnitStates): readonly string[] =>
  own(units).filter((unit) => isUsed(units.get(unit)) === true);

/** The live answer, or what was pasted of either unit. The package that brings one brings both. */
function unitsOf({ units, status, status6 }: Facts): UnitStates {
  if (units !== undefined) return units;
  const pasted = [
    ...(status === undefined ? [] : [[UNITS[0], status] as const]),
    ...(status6 === undefined ? [] : [[UNITS[1], status6] as const]),
  ];
  const absent = pasted.find(([, state]) => !state.installed)?.[1];
  return new Map([
    ...(absent === undefined ? [] : UNITS.map((unit) => [unit, absent] as const)),
    ...pasted,
  ]);
}

function judge(facts: Facts): Verdict {
  const units = unitsOf(facts);
  const used = inUse(units);
  const words = (unit: string): string => `${unit} is ${units.get(unit)?.words ?? ''}`;
  if (used.length > 0)
    return fail(
      used.map(words).join('; '),
      'iptables.service and ip6tables.service are stopped and disabled',
    );
  const unclear = own(units).filter((unit) => isUsed(units.get(unit)) === null);
  if (unclear.length > 0) return unknown(reason('not-run', unclear.map(words).join('; ')), SETTLE);
  if (!UNITS.every((unit) => units.has(unit)))
    return unknown(
      reason('not-run', 'systemd was not asked about both of them'),
      `Give systemctl status of ${UNITS.join(' and ')}.`,
    );
  const installed = own(units);
  return installed.length === 0
    ? pass('iptables-services is not installed')
    : pass(installed.map(words).join('; '));
}

const fixes = (facts: Facts, { intent }: NodeContext): readonly Fix[] => {
  const units = unitsOf(facts);
  return [
    disableByHand(
      {
        summary: `Stop ${inUse(units).join(' and ')} and keep ${inUse(units).length > 1 ? 'them' : 'it'} from starting at boot.`,
        loses: [
          'The rules go, and every port of this node is open to whoever can reach it.',
          'Stopping it flushes all rules of iptables; where Calico or kube-proxy run already, restart them afterwards.',
        ],
        byHand: `Run systemctl disable --now iptables ip6tables${BY_OPENRC}. ${OR_HANDOVER}`,
      },
      inUse(units),
    ),
    handover(intent, inUse(units).join(' and '), inUse(units)),
  ];
};

export const iptablesService = defineCheck({
  id: 'firewall/iptables-service',
  title: 'iptables.service and ip6tables.service are off',
  why: 'They put back saved rules at boot and flush everything when they stop, the rules of Calico and kube-proxy too. The rules they are shipped with reject in INPUT and FORWARD what no rule in front allows: BGP, tunnels and the traffic of pods.',
  sources: [MANAGERS_OFF, HOST_POLICY],
  severity: 'required',
  waivable: true,
  rule: () =>
    'Active or enabled fails, off and not installed pass. Without systemd a service of that name of OpenRC, runit or SysV init counts. A unit of that name that is only another name of netfilter-persistent is judged by firewall/others.',
  needs: {},
  witnesses: {
    units: systemdUnits,
    status: systemctlStatusIptables,
    status6: systemctlStatusIp6tables,
  },
  breaks: FIREWALL_BREAKS,
  judge,
  fixes,
  example: {
    units: new Map(
      UNITS.map((unit) => [
        unit,
        { installed: true, running: true, enabled: true, words: 'active (exited), enabled' },
      ]),
    ),
  },
});
