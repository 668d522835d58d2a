import { defineCheck, fail, pass, unknown, type Verdict } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { visibleLine } from '../../src/domain/visible.js';
import { iptablesSave } from '../probes/iptables-save.js';
import { iptablesV, type IptablesProgram } from '../probes/iptables-v.js';
import { nftListRuleset } from '../probes/nft-list-ruleset.js';
import { procNetTables } from '../probes/proc-net-tables.js';
import type { IptablesBackend, IptablesRules } from '../probes/support/iptables-text.js';
import type { NftRuleset } from '../probes/support/nft-text.js';
import { pageB, pageToday } from '../requirements/sources.js';

const SAYS = 'iptables may be the legacy or the nft variant; both are supported.';

// kubelet keeps KUBE-IPTABLES-HINT and KUBE-KUBELET-CANARY there for others to find the variant by.
const OURS = /^(?:KUBE-|cali-)/;

/** Variants in which kube-proxy, kubelet or Calico have chains; null for a text that does not say which it shows. */
function usedBy(
  rules: IptablesRules | undefined,
  nft: NftRuleset | undefined,
  plain: IptablesBackend | null,
): Set<IptablesBackend | null> {
  const used = new Set<IptablesBackend | null>();
  for (const { backend, chains } of rules?.tables ?? []) {
    // The plain name iptables-save leads to the same variant as the plain name iptables.
    if (chains.some(({ name }) => OURS.test(name))) used.add(backend ?? plain);
  }
  // nft shows the tables of the nft variant too; its own tables kube-proxy and calico are no iptables.
  const compat = (nft?.tables ?? []).some(
    ({ owners }) =>
      owners.includes('iptables') && (owners.includes('kube-proxy') || owners.includes('calico')),
  );
  if (compat) used.add('nf_tables');
  return used;
}

const program = (found: IptablesProgram | undefined): string =>
  found === undefined
    ? 'the node has no iptables of its own'
    : `the node's own iptables ${found.version} is the ${found.backend === 'legacy' ? 'legacy' : 'nft'} variant`;

type Facts = {
  readonly iptablesV?: IptablesProgram;
  readonly iptablesSave?: IptablesRules;
  readonly nftListRuleset?: NftRuleset;
  readonly procNetTables?: { readonly tables: ReadonlySet<string> };
};

function judgeUnused(facts: Facts): Verdict {
  if (facts.iptablesV === undefined && facts.iptablesSave === undefined) {
    return unknown(
      reason('not-run', 'neither the program nor the rules were seen'),
      'Give iptables-v.txt (iptables -V) and iptables-save.txt as root.',
    );
  }
  const tables = facts.procNetTables?.tables.size ?? 0;
  const legacy = tables > 0 ? '; the kernel has legacy tables in use' : '';
  return pass(`${program(facts.iptablesV)}; Kubernetes and Calico have no chains yet${legacy}`);
}

/** The other variant, where it may have chains too: nobody showed it, and the nft variant tells only of legacy tables. */
function unseenVariant(facts: Facts, only: IptablesBackend): string | null {
  const { iptablesSave: rules, nftListRuleset: ruleset, procNetTables: lists } = facts;
  const saw = (variant: IptablesBackend): boolean =>
    rules?.notInUse.includes(variant) === true ||
    rules?.asked.some((asked) => asked.startsWith(`${variant} `)) === true;
  if (only === 'legacy') return saw('nf_tables') || ruleset !== undefined ? null : 'nft';
  const isThere = rules?.legacyToo === true || (lists?.tables.size ?? 0) > 0;
  return saw('legacy') || !isThere ? null : 'legacy';
}

/** Why the chains that were seen may not be all; null where they are. */
function incomplete(facts: Facts, only: IptablesBackend | undefined): Verdict | null {
  const tables = [...(facts.iptablesSave?.tables ?? []), ...(facts.nftListRuleset?.tables ?? [])];
  const cut = tables.find(({ complete }) => !complete);
  if (cut !== undefined) {
    return unknown(
      reason('truncated', `the rules end within the table ${visibleLine(cut.name)}`),
      'Give the whole output.',
    );
  }
  const unseen = only === undefined ? null : unseenVariant(facts, only);
  return unseen === null
    ? null
    : unknown(
        reason('not-run', `the outputs at hand do not show the ${unseen} variant of iptables`),
        'Give iptables-nft-save and iptables-legacy-save, or audit the node itself with root.',
      );
}

function judge(facts: Facts): Verdict {
  const plain = facts.iptablesV?.backend ?? null;
  const used = usedBy(facts.iptablesSave, facts.nftListRuleset, plain);
  if (used.has(null)) {
    return unknown(
      reason('not-run', 'the output of iptables-save does not say which variant it shows'),
      'Give iptables-v.txt (iptables -V).',
    );
  }
  if (used.size === 2) {
    return fail(
      `kube-proxy, kubelet or Calico have chains in the legacy and in the nft variant; ${program(facts.iptablesV)}`,
      'one variant of iptables for all rules of Kubernetes and Calico; restart the node after a change of the variant',
    );
  }
  const [only] = [...used].filter((variant) => variant !== null);
  if (only !== undefined && facts.iptablesV !== undefined && facts.iptablesV.backend !== only) {
    return fail(
      `the chains of Kubernetes or Calico are in the ${only === 'legacy' ? 'legacy' : 'nft'} variant; ${program(facts.iptablesV)}`,
      'the variant that the node uses is the one that holds the chains of Kubernetes',
    );
  }
  const open = incomplete(facts, only);
  if (open !== null) return open;
  return only === undefined
    ? judgeUnused(facts)
    : pass(`all chains of Kubernetes and Calico are in one variant; ${program(facts.iptablesV)}`);
}

/** Rules in both variants are judged one after the other by the kernel, and each program sees its own alone. */
export const iptablesBackend = defineCheck({
  id: 'kernel/iptables-backend',
  title: 'One variant of iptables holds the rules',
  why: 'The legacy and the nft variant keep their rules apart, and the kernel applies both. Where kube-proxy or kubelet use one and Calico the other, stale rules go on dropping packets and nobody sees them.',
  sources: [
    pageB('B19', 'kernel-dependencies', SAYS),
    pageToday('kernel-dependencies', SAYS),
    {
      page: 'projectcalico/calico#5482',
      url: 'https://github.com/projectcalico/calico/issues/5482',
      date: '2026-08-22',
      says: 'After a change of the variant the node has to be restarted (advice of a maintainer).',
    },
  ],
  disagreement:
    "The page supports both variants. Felix (3.18 and later, read 2026-08) finds the variant by kubelet's chains KUBE-IPTABLES-HINT and KUBE-KUBELET-CANARY, else takes the one with more rules, at a tie the legacy one. Either variant passes here; rules of Kubernetes or Calico in both warn.",
  severity: 'recommended',
  waivable: true,
  skip: ({ dataplane }) =>
    dataplane === 'nftables' ? 'the intent (dataplane: nftables) uses no iptables' : null,
  rule: () =>
    'It passes with either variant. It warns when chains of kube-proxy, kubelet or Calico are in both, or in another one than the iptables of the node uses.',
  breaks: ['traffic that stale rules of the other variant drop'],
  needs: {},
  witnesses: { iptablesV, iptablesSave, nftListRuleset, procNetTables },
  judge,
});
