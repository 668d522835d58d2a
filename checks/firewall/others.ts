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
import type { UnitStates } from '../probes/support/systemctl.js';
import { systemdUnits } from '../probes/systemd-units.js';
import { BY_OPENRC, disableByHand, handover, OR_HANDOVER } from './host-endpoint-policy.js';
import { isUsed, SETTLE } from './in-use.js';
import { HOST_POLICY, MANAGERS_OFF } from './texts.js';

type Facts = { readonly units: UnitStates };

/** Other programs that write rules of iptables or nftables, and what each does to those of Calico. */
const MANAGERS: Readonly<Record<string, string>> = {
  'shorewall.service': 'replaces all rules whenever it starts or reloads',
  'csf.service': 'replaces all rules whenever it starts or reloads',
  'lfd.service': 'blocks addresses by its own judgement',
  'SuSEfirewall2.service': 'replaces all rules whenever it starts or reloads',
  'apf.service': 'replaces all rules whenever it starts or reloads',
  'fail2ban.service':
    'blocks addresses by its own judgement, other nodes too unless they are in ignoreip',
  'netfilter-persistent.service': 'puts back at boot the rules of the moment when they were saved',
};

const inUse = (units: UnitStates): readonly string[] =>
  Object.keys(MANAGERS).filter((name) => {
    const unit = units.get(name);
    return unit?.installed === true && isUsed(unit) === true;
  });

function judge({ units }: Facts): Verdict {
  const names = Object.keys(MANAGERS);
  const used = inUse(units);
  const unclear = names.filter(
    (name) => units.get(name)?.installed === true && isUsed(units.get(name)) === null,
  );
  if (used.length === 0 && unclear.length > 0) {
    const words = unclear.map((name) => `${name} is ${units.get(name)?.words ?? ''}`);
    return unknown(reason('not-run', words.join('; ')), SETTLE);
  }
  const unasked = names.filter((name) => !units.has(name));
  if (used.length === 0 && unasked.length > 0)
    return unknown(reason('not-run', `systemd was not asked about ${unasked.join(', ')}`));
  if (used.length === 0)
    return pass(`none of ${names.length.toString()} other managers of rules is in use`);
  const found = used.map(
    (name) => `${name} is ${units.get(name)?.words ?? ''} and ${MANAGERS[name] ?? ''}`,
  );
  return fail(found.join('; '), 'no other manager of iptables is active or enabled');
}

const fixes = ({ units }: Facts, { intent }: NodeContext): readonly Fix[] => [
  disableByHand(
    {
      summary: `Stop ${inUse(units).join(', ')} and keep ${inUse(units).length > 1 ? 'them' : 'it'} from starting at boot.`,
      loses: ['What these services blocked is open to whoever can reach the node.'],
      byHand: `Run systemctl disable --now for each of them${BY_OPENRC}, or teach them to leave the other nodes, the pods and the chains of Calico alone. ${OR_HANDOVER}`,
    },
    inUse(units),
  ),
  handover(intent, inUse(units).join(', '), inUse(units)),
];

export const others = defineCheck({
  id: 'firewall/others',
  title: 'No other manager of iptables is in use',
  why: 'A second program that writes rules undoes those of Calico when it starts or reloads, or refuses what Calico has let in, at a moment that nobody connects with the network of the cluster.',
  sources: [MANAGERS_OFF, HOST_POLICY],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    'shorewall, csf, lfd, SuSEfirewall2, apf, fail2ban or netfilter-persistent active or enabled is a warning: what they do to Calico depends on their rules, and no upstream text names them one by one.',
  needs: { units: systemdUnits },
  judge,
  fixes,
  example: {
    units: new Map([
      [
        'fail2ban.service',
        { installed: true, running: true, enabled: true, words: 'active (running), enabled' },
      ],
    ]),
  },
});
