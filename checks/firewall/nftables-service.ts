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
import { nftListRuleset } from '../probes/nft-list-ruleset.js';
import { savedFirewallRules, type SavedRules } from '../probes/saved-firewall-rules.js';
import type { NftRuleset } from '../probes/support/nft-text.js';
import { firstUnit, type UnitState, type UnitStates } from '../probes/support/systemctl.js';
import { systemctlStatusNftables } from '../probes/systemctl-status-nftables.js';
import { systemdUnits } from '../probes/systemd-units.js';
import { BY_OPENRC, disableByHand, handover, OR_HANDOVER } from './host-endpoint-policy.js';
import { isUsed, SETTLE } from './in-use.js';
import { inWords, needsOf } from './needs.js';
import { nftKeepsOut } from './nft-reach.js';
import { FIREWALL_BREAKS, HOST_POLICY, MANAGERS_OFF } from './texts.js';

type Facts = {
  readonly units?: UnitStates;
  readonly status?: UnitState;
  readonly saved?: SavedRules;
  readonly ruleset?: NftRuleset;
};

const UNIT = 'nftables.service';
const EXPECTED = `${UNIT} is stopped and disabled, or its file flushes nothing and filters nothing that Calico needs`;

const flushes = ({ nftables }: SavedRules): boolean =>
  nftables.some(({ line }) => /^flush ruleset\b/.test(line));

function keptOut({ ruleset }: Facts, { intent, node }: NodeContext): readonly string[] {
  if (ruleset === undefined) return [];
  const out = nftKeepsOut(ruleset, needsOf(intent, node.roles));
  return [...out.needs.map(inWords), ...(out.forwarding ? ['forwarding for pods'] : [])];
}

function judge(facts: Facts, context: NodeContext): Verdict {
  const { units, status, saved } = facts;
  const unit = firstUnit(units?.get(UNIT), status);
  if (unit === undefined) return unknown(reason('not-run', `systemd was not asked about ${UNIT}`));
  if (!unit.installed) return pass(`${UNIT} is not installed`);
  const used = isUsed(unit);
  if (used === null) return unknown(reason('not-run', `${UNIT} is ${unit.words}`), SETTLE);
  if (!used) return pass(`${UNIT} is off: ${unit.words}`);
  const out = keptOut(facts, context);
  if (out.length > 0)
    return fail(`${UNIT} is ${unit.words}, and its rules keep out ${out.join(', ')}`, EXPECTED);
  if (saved === undefined) {
    return unknown(
      reason('not-run', `${UNIT} is ${unit.words}, and its file could not be read`),
      'Look for "flush ruleset" in /etc/nftables.conf, /etc/sysconfig/nftables.conf or /etc/nftables.nft, or audit with root.',
    );
  }
  return flushes(saved)
    ? fail(
        `${UNIT} is ${unit.words}, and its file begins with flush ruleset: every start and reload wipes the rules of Calico and kube-proxy`,
        EXPECTED,
      )
    : warn(
        `${UNIT} is ${unit.words}; its file flushes nothing, but stopping it usually does`,
        EXPECTED,
      );
}

const fixes = (_: Facts, { intent }: NodeContext): readonly Fix[] => [
  disableByHand(
    {
      summary: `Stop ${UNIT} and keep it from starting at boot.`,
      loses: [
        'Its rules go, and every port of this node is open to whoever can reach it.',
        'Stopping it flushes all rules; where Calico or kube-proxy run already, restart them afterwards.',
      ],
      byHand: `Run systemctl disable --now ${UNIT}${BY_OPENRC}, or take "flush ruleset" out of its file and keep rules in a table of your own that is deleted and made again. ${OR_HANDOVER}`,
    },
    [UNIT],
  ),
  handover(intent, UNIT, [UNIT]),
];

export const nftablesService = defineCheck({
  id: 'firewall/nftables-service',
  title: 'nftables.service wipes and blocks nothing of Calico',
  why: 'The file that distributions ship for it begins with flush ruleset, so each start, reload and stop wipes the rules of kube-proxy and Calico, and pods lose their network until both are restarted. Its own chains refuse traffic even where Calico has accepted it.',
  sources: [
    MANAGERS_OFF,
    HOST_POLICY,
    {
      page: 'k0sproject/k0s issue 2908',
      url: 'https://github.com/k0sproject/k0s/issues/2908',
      date: '2026-08-22',
      says: 'After a reload of nftables kube-proxy and Calico must be restarted, or the node.',
    },
  ],
  severity: 'required',
  waivable: true,
  rule: () =>
    "Off and not installed pass. Active or enabled fails when its file says flush ruleset, or when chains of tables that are nobody else's keep out what the intent needs; otherwise it is a warning.",
  needs: {},
  witnesses: {
    units: systemdUnits,
    status: systemctlStatusNftables,
    saved: savedFirewallRules,
    ruleset: nftListRuleset,
  },
  breaks: FIREWALL_BREAKS,
  judge,
  fixes,
});
