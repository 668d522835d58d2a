import { defineCheck } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { modprobeActions } from '../probes/modprobe-n.js';
import { actionsFor, emittedFor } from '../requirements/netfilter-features.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { namesOf, verdictOnAll } from './feature-list.js';
import { iptablesWitnesses, pastedOf } from './witnesses.js';

const SAYS = 'The iptables actions REJECT, ACCEPT, DROP and LOG.';
const needed = (intent: Intent): string => namesOf(actionsFor(intent));
const emitted = (intent: Intent): string => namesOf(emittedFor(intent));

/** What Felix' rules do with a packet. */
export const iptablesActions = defineCheck({
  id: 'kernel/iptables-actions',
  title: 'The kernel has the actions that Calico writes into its rules',
  why: 'A rule with an action that the kernel does not have is refused, and with it all that Felix writes at that time. Policies that log or reject, masquerading, NAT and marks of connections depend on them.',
  sources: [
    pageB('B19', 'kernel-dependencies', SAYS),
    pageToday('kernel-dependencies', SAYS),
    {
      page: 'Felix, rules and nftables actions',
      url: 'https://github.com/projectcalico/calico/blob/master/felix/nftables/actions.go',
      date: '2026-08-22',
      says: 'Felix also writes MASQUERADE, SNAT, DNAT, NOTRACK, CONNMARK and limit; NFLOG and connlimit from 3.30, DSCP from 3.31.',
    },
  ],
  disagreement:
    'The page names four actions. ACCEPT and DROP are verdicts of the kernel and have no module, so they are always there. Felix writes more than the four (read 2026-08); what is missing of these warns. calicoctl node checksystem (up to 3.32) looks for REJECT by CONFIG_NFT_REJECT, which belongs to nftables, and does not look for LOG; xt_REJECT, which it takes from projectcalico/calico#13282 on, is no module of Linux: ipt_REJECT and ip6t_REJECT are. The page judges what fails, the code what warns.',
  severity: 'required',
  waivable: true,
  rule: (intent) =>
    `It passes when ${needed(intent)} and what Felix of that release writes beside them are loaded, built in or loadable. Missing of the former fails, of the latter (${emitted(intent)}) warns.`,
  breaks: [
    'policies with the actions Deny as reject and Log',
    'outgoing NAT, where MASQUERADE is missing',
  ],
  alternatives: ({ dataplane }) =>
    dataplane === 'nftables'
      ? ['dataplane: iptables (where only nft_reject or nft_log is missing)']
      : [],
  needs: {},
  witnesses: { ...iptablesWitnesses, ...modprobeActions },
  judge: (facts, { intent }) =>
    verdictOnAll(
      {
        needed: actionsFor(intent),
        helpful: emittedFor(intent),
        expected: `${needed(intent)}, and for all that Felix writes ${emitted(intent)}`,
        remark: '; ACCEPT and DROP are part of every kernel',
      },
      { ...facts, pasted: pastedOf(modprobeActions, facts) },
    ),
});
