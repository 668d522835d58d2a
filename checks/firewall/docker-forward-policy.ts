import { defineCheck, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import { iptablesSave } from '../probes/iptables-save.js';
import { nftListRuleset } from '../probes/nft-list-ruleset.js';
import type { IptablesRules } from '../probes/support/iptables-text.js';
import type { NftRuleset } from '../probes/support/nft-text.js';
import { filterTables, policyOf } from './iptables-reach.js';

type Facts = { readonly rules?: IptablesRules; readonly ruleset?: NftRuleset };
/** `cut`: the text ended before it told the policy. */
type Policy = 'DROP' | 'ACCEPT' | 'cut';
type Forward = { readonly policy: Policy; readonly chains: readonly string[] };

/** A whole table without the chain, or without a policy of it, accepts. */
const policyFrom = (said: string | null | undefined, complete: boolean): Policy => {
  if (said?.toUpperCase() === 'DROP') return 'DROP';
  return said === null || said === undefined ? (complete ? 'ACCEPT' : 'cut') : 'ACCEPT';
};

/** The chains FORWARD of IPv4 in tables of iptables; both lists show the nft variant, and one of them suffices. */
function forwards({ rules, ruleset }: Facts): readonly Forward[] {
  const saved = rules === undefined ? [] : filterTables(rules, 'ipv4');
  const tables = (ruleset?.tables ?? []).filter(
    ({ family, name }) => family === 'ip' && name === 'filter',
  );
  return [
    ...saved.map((table) => ({
      policy: policyFrom(policyOf(table, 'FORWARD'), table.complete),
      chains: table.chains.map(({ name }) => name),
    })),
    ...tables.map(({ chains, complete }) => ({
      policy: policyFrom(chains.find(({ name }) => name === 'FORWARD')?.policy, complete),
      chains: chains.map(({ name }) => name),
    })),
  ];
}

const setBy = (chains: readonly string[]): string => {
  if (chains.some((name) => /^DOCKER(?:-|$)/.test(name))) return 'Docker is there, and sets it so';
  return chains.some((name) => name.startsWith('ufw-'))
    ? 'ufw is there, and sets it so'
    : 'who set it is not told';
};

// Either list shows the nft variant; only iptables-save shows the legacy one.
const sawAll = ({ rules, ruleset }: Facts): boolean => {
  const nft =
    rules?.asked.includes('nf_tables ipv4') === true ||
    rules?.notInUse.includes('nf_tables') === true;
  const legacy =
    rules?.asked.includes('legacy ipv4') === true || rules?.notInUse.includes('legacy') === true;
  return legacy && (nft || ruleset !== undefined);
};

function judge(facts: Facts): Verdict {
  const found = forwards(facts);
  const closed = found.find(({ policy }) => policy === 'DROP');
  if (closed !== undefined) {
    return warn(
      `the policy of the chain FORWARD is DROP: ${setBy(closed.chains)}`,
      'the policy of FORWARD is ACCEPT',
    );
  }
  if (found.some(({ policy }) => policy === 'cut')) {
    return unknown(
      reason('truncated', 'the rules end before the policy of the chain FORWARD'),
      'Give the whole output.',
    );
  }
  if (!sawAll(facts)) {
    return unknown(
      reason('not-run', 'the outputs at hand show only one of the two variants of iptables'),
      'Give iptables-nft-save and iptables-legacy-save, or audit the node itself with root.',
    );
  }
  return pass('the policy of the chain FORWARD is ACCEPT');
}

const fixes = (): readonly Fix[] => [
  {
    way: 'accept',
    summary: 'Set the policy of FORWARD to ACCEPT until the next start of whatever set it.',
    kind: 'disruptive',
    consentWord: 'accept',
    loses: ['This node forwards what no rule refuses, for whoever uses it as a router.'],
    files: [],
    units: [],
    commands: ['/usr/sbin/iptables -P FORWARD ACCEPT'],
    undoCommands: ['/usr/sbin/iptables -P FORWARD DROP'],
    disturbsNetwork: true,
    needsReboot: false,
    byHandOnly: true,
    byHand:
      'Remove Docker where containerd serves the cluster, or run iptables -P FORWARD ACCEPT after each start of Docker.',
  },
];

export const dockerForwardPolicy = defineCheck({
  id: 'firewall/docker-forward-policy',
  title: 'The node forwards what no rule refuses',
  why: 'Docker sets the policy of FORWARD to DROP. Calico accepts the traffic of its own pods explicitly, but what others forward through the node, such as NodePorts to places that Calico does not know, is dropped without a word.',
  sources: [
    {
      page: 'projectcalico/calico issue 2230',
      url: 'https://github.com/projectcalico/calico/issues/2230',
      date: '2026-08-22',
      says: 'Docker from 1.13 on sets the policy of FORWARD to DROP, and forwarded traffic is lost.',
    },
    {
      page: 'projectcalico/felix pull request 1842',
      url: 'https://github.com/projectcalico/felix/pull/1842',
      date: '2026-08-22',
      says: 'Felix accepts the traffic of its own workloads explicitly, so that it survives that policy.',
    },
  ],
  severity: 'recommended',
  waivable: true,
  rule: () =>
    'DROP in either variant of iptables is a warning; ACCEPT in both passes, and so does a variant that is not in use.',
  needs: {},
  witnesses: { rules: iptablesSave, ruleset: nftListRuleset },
  breaks: ['forwarding of traffic that is not from or to pods of Calico'],
  judge,
  fixes,
});
