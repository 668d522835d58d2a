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
import { iptablesSave } from '../probes/iptables-save.js';
import type { IptablesRules, IptablesTable } from '../probes/support/iptables-text.js';
import type { UnitState } from '../probes/support/systemctl.js';
import { systemctlStatusUfw } from '../probes/systemctl-status-ufw.js';
import { ufwConf, type UfwConf } from '../probes/ufw-conf.js';
import { disableByHand, handover, OR_HANDOVER } from './host-endpoint-policy.js';
import { filterTables, policyOf, ruleAccepts } from './iptables-reach.js';
import { inWords, needsOf } from './needs.js';
import { FIREWALL_BREAKS, HOST_POLICY, MANAGERS_OFF } from './texts.js';

type Facts = {
  readonly conf?: UfwConf;
  readonly rules?: IptablesRules;
  readonly status?: UnitState;
};

const EXPECTED = 'ufw is disabled (ufw disable)';
// `ufw disable` leaves its chains behind, empty; rules in them are what is active.
const ENTRY = /^ufw6?-(?:before|user)-input$/;

const isUfw = ({ rules }: IptablesTable): boolean => rules.some(({ chain }) => ENTRY.test(chain));

const tablesOf = (rules: IptablesRules, { intent }: NodeContext): readonly IptablesTable[] =>
  intent.ipFamilies.flatMap((family) => filterTables(rules, family)).filter(isUfw);

/** What ufw's own chains keep out of this node, as far as its rules for everybody tell. */
function keptOut(rules: IptablesRules, context: NodeContext): readonly string[] {
  const tables = tablesOf(rules, context);
  const ports = needsOf(context.intent, context.node.roles).filter(
    (wanted) =>
      !tables.every((table) =>
        table.rules.some(({ chain, text }) => ENTRY.test(chain) && ruleAccepts(text, wanted)),
      ),
  );
  const closed = tables.some((table) => policyOf(table, 'FORWARD') !== 'ACCEPT');
  return [...ports.map(inWords), ...(closed ? ['forwarding for pods'] : [])];
}

function judgeActive(rules: IptablesRules, context: NodeContext): Verdict {
  const out = keptOut(rules, context);
  return out.length === 0
    ? warn('ufw is active, and its rules admit all that this intent needs', EXPECTED)
    : fail(`ufw is active and keeps out ${out.join(', ')}`, EXPECTED);
}

function judgeConf({ conf, rules, status }: Facts): Verdict {
  // Of the unit only its absence tells: it is active while ufw is off, and inactive after a plain `ufw enable`.
  if ((conf?.installed ?? status?.installed) === false) return pass('ufw is not installed');
  if (conf?.enabled === false) return pass('ufw is installed and off');
  if (conf?.enabled === true) {
    return rules === undefined
      ? fail('ufw is enabled; what it keeps out could not be seen', EXPECTED)
      : warn('ufw has no rules now, but it starts at the next boot', EXPECTED);
  }
  return unknown(
    reason('not-run', 'no rule of ufw is active, but whether it starts at boot was not told'),
    'Look at ENABLED in /etc/ufw/ufw.conf, or audit the node itself.',
  );
}

function judge(facts: Facts, context: NodeContext): Verdict {
  const { rules } = facts;
  if (rules?.tables.some(isUfw) !== true) return judgeConf(facts);
  // Without rules for this intent's families nothing of Calico meets ufw.
  return tablesOf(rules, context).length === 0 ? judgeConf(facts) : judgeActive(rules, context);
}

const fixes = (_: Facts, { intent }: NodeContext): readonly Fix[] => [
  disableByHand(
    {
      summary: 'Turn ufw off, now and at boot.',
      loses: ['Every port of this node is open to whoever can reach it.'],
      commands: ['/usr/sbin/ufw disable'],
      undoCommands: ['/usr/sbin/ufw --force enable'],
      byHand: `Run ufw disable. ${OR_HANDOVER}`,
    },
    [],
  ),
  handover(intent, 'ufw', ['ufw.service']),
];

export const ufw = defineCheck({
  id: 'firewall/ufw',
  title: 'ufw does not interfere with Calico',
  why: 'ufw drops what comes in without a rule of its own, and by default everything that is forwarded: BGP sessions and tunnels do not come up, and pods reach neither DNS nor each other across nodes.',
  sources: [
    MANAGERS_OFF,
    HOST_POLICY,
    {
      page: 'projectcalico/calico issue 7727',
      url: 'https://github.com/projectcalico/calico/issues/7727',
      date: '2026-08-22',
      says: 'DNS from pods fails while ufw is enabled.',
    },
  ],
  severity: 'required',
  waivable: true,
  rule: () =>
    'Rules in the chains of ufw show that it is active, whatever ufw.service says. Active fails and names what it keeps out; admitting everything from everybody, and forwarding, is a warning, and so is off but enabled. Off and not installed pass.',
  needs: {},
  witnesses: { conf: ufwConf, rules: iptablesSave, status: systemctlStatusUfw },
  breaks: FIREWALL_BREAKS,
  judge,
  fixes,
});
