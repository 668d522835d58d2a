import type { AnswerSheet } from '../domain/answer.js';
import type { CalicoSetting } from '../domain/calico-setting.js';
import {
  notApplicable,
  soften,
  unknown,
  type AnyCheck,
  type AnyClusterCheck,
  type AnyNodeCheck,
  type NodeContext,
  type Probes,
  type Verdict,
} from '../domain/check.js';
import type { Fix } from '../domain/fix.js';
import type { Intent } from '../domain/intent.js';
import type { InventoryNode } from '../domain/inventory.js';
import { reason, reasonCode, type Reason } from '../domain/reason.js';
import { STATUS } from '../domain/status.js';

export type Judged = {
  readonly verdict: Verdict;
  readonly fixes: readonly Fix[];
  readonly settings: readonly CalicoSetting[];
};

type Gathered = { readonly facts: Record<string, unknown> } | { readonly missing: Reason };

function gatherNeeds(needs: Probes, answers: AnswerSheet): Gathered {
  const facts: Record<string, unknown> = {};
  for (const [name, probe] of Object.entries(needs)) {
    const answer = answers.get(probe.id);
    if (answer === undefined) return { missing: reason('not-run', `${probe.id} was not run`) };
    if (answer.state === 'unknown') return { missing: answer.reason };
    facts[name] = answer.value;
  }
  return { facts };
}

function gatherWitnesses(witnesses: Probes, answers: AnswerSheet): Gathered {
  const facts: Record<string, unknown> = {};
  const reasons: Reason[] = [];
  for (const [name, probe] of Object.entries(witnesses)) {
    const answer = answers.get(probe.id);
    if (answer?.state === 'known') facts[name] = answer.value;
    else if (answer !== undefined) reasons.push(answer.reason);
  }
  const names = Object.keys(witnesses);
  if (names.length > 0 && Object.keys(facts).length === 0) {
    // A witness that was asked and could not answer says more than one that was never asked.
    const telling = reasons.find((why) => reasonCode(why) !== 'not-run');
    return { missing: telling ?? reasons[0] ?? reason('not-run', 'no witness was asked') };
  }
  return { facts };
}

function gather(check: Pick<AnyCheck, 'needs' | 'witnesses'>, answers: AnswerSheet): Gathered {
  const needs = gatherNeeds(check.needs, answers);
  if ('missing' in needs) return needs;
  const witnesses = gatherWitnesses(check.witnesses ?? {}, answers);
  return 'missing' in witnesses ? witnesses : { facts: { ...needs.facts, ...witnesses.facts } };
}

/** The verdict alone, for whoever asks what another intent would change; see judgeNode. */
export function verdictOf(
  check: AnyNodeCheck,
  answers: AnswerSheet,
  context: NodeContext,
): { readonly verdict: Verdict; readonly facts?: Record<string, unknown> } {
  const skipped = check.skip?.(context.intent) ?? null;
  if (skipped !== null) return { verdict: notApplicable(skipped) };
  const gathered = gather(check, answers);
  if ('missing' in gathered) return { verdict: unknown(gathered.missing) };
  const { facts } = gathered;
  return { verdict: soften(check, check.judge(facts as never, context)), facts };
}

/** Pure: the same answers and intent give the same verdict. Missing answers are never a pass and never a fail. */
export function judgeNode(check: AnyNodeCheck, answers: AnswerSheet, context: NodeContext): Judged {
  const { verdict, facts } = verdictOf(check, answers, context);
  if (facts === undefined) return { verdict, fixes: [], settings: [] };
  const mendable = verdict.status === STATUS.fail || verdict.status === STATUS.warn;
  return {
    verdict,
    fixes: mendable ? (check.fixes?.(facts as never, context) ?? []) : [],
    settings: mendable ? (check.settings?.(facts as never, context) ?? []) : [],
  };
}

export type NodeAnswers = { readonly node: InventoryNode; readonly answers: AnswerSheet };

/** Judges what only the fleet as a whole can tell. A missing share never lets the fleet pass. */
export function judgeCluster(
  check: AnyClusterCheck,
  fleet: readonly NodeAnswers[],
  intent: Intent,
): Verdict {
  const skipped = check.skip?.(intent) ?? null;
  if (skipped !== null) return notApplicable(skipped);
  const shares: { node: InventoryNode; facts: Record<string, unknown> }[] = [];
  const missing: { node: InventoryNode; why: Reason }[] = [];
  for (const { node, answers } of fleet) {
    const gathered = gather(check, answers);
    if ('missing' in gathered) missing.push({ node, why: gathered.missing });
    else shares.push({ node, facts: gathered.facts });
  }
  const [firstMissing] = missing;
  if (shares.length === 0) {
    return unknown(firstMissing?.why ?? reason('not-run', 'there is no node'));
  }
  const verdict = soften(check, check.judge(shares as never, intent));
  return firstMissing !== undefined && verdict.status !== STATUS.fail
    ? unknown(firstMissing.why, `Reach ${names(missing)} and ask again.`)
    : verdict;
}

const names = (missing: readonly { readonly node: InventoryNode }[]): string =>
  missing
    .slice(0, 5)
    .map(({ node }) => node.name)
    .join(', ') + (missing.length > 5 ? ` and ${String(missing.length - 5)} more` : '');
