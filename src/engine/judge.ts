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

/** What judging looks at of an AnswerSheet. */
export type Answers = Pick<AnswerSheet, 'get'>;

type Facts = Record<string, unknown>;

/** Puts the needed answers into `facts`; why not, where one is missing. */
function gatherNeeds(needs: Probes, answers: Answers, facts: Facts): Reason | null {
  for (const [name, probe] of Object.entries(needs)) {
    const answer = answers.get(probe.id);
    if (answer === undefined) return reason('not-run', `${probe.id} was not run`);
    if (answer.state === 'unknown') return answer.reason;
    facts[name] = answer.value;
  }
  return null;
}

/** Puts the answers of witnesses into `facts`; why there is none, where the check names any. */
function gatherWitnesses(witnesses: Probes, answers: Answers, facts: Facts): Reason | null {
  const reasons: Reason[] = [];
  let some = false;
  for (const [name, probe] of Object.entries(witnesses)) {
    const answer = answers.get(probe.id);
    if (answer?.state === 'known') {
      facts[name] = answer.value;
      some = true;
    } else if (answer !== undefined) reasons.push(answer.reason);
  }
  if (some || Object.keys(witnesses).length === 0) return null;
  // A witness that was asked and could not answer says more than one that was never asked.
  const telling = reasons.find((why) => reasonCode(why) !== 'not-run');
  return telling ?? reasons[0] ?? reason('not-run', 'no witness was asked');
}

type Gathered = { readonly facts: Facts } | { readonly missing: Reason };

function gather(
  { needs, witnesses }: Pick<AnyCheck, 'needs' | 'witnesses'>,
  answers: Answers,
): Gathered {
  const facts: Facts = {};
  const missing =
    gatherNeeds(needs, answers, facts) ??
    (witnesses === undefined ? null : gatherWitnesses(witnesses, answers, facts));
  return missing === null ? { facts } : { missing };
}

const GIVE_ALL = 'Give the whole output.';

/** The first answer of which a part is lost; null where all of them are whole. */
function partAmong(
  { needs, witnesses = {} }: Pick<AnyCheck, 'needs' | 'witnesses'>,
  answers: Answers,
): Reason | null {
  for (const probes of [needs, witnesses]) {
    for (const { id, partOf } of Object.values(probes)) {
      const answer = partOf === undefined ? undefined : answers.get(id);
      if (answer?.state === 'known' && answer.part !== undefined) return answer.part;
    }
  }
  return null;
}

/** The verdict alone, for whoever asks what another intent would change; see judgeNode. */
export function verdictOf(
  check: AnyNodeCheck,
  answers: Answers,
  context: NodeContext,
): { readonly verdict: Verdict; readonly facts?: Record<string, unknown> } {
  const skipped = check.skip?.(context.intent) ?? null;
  if (skipped !== null) return { verdict: notApplicable(skipped) };
  const gathered = gather(check, answers);
  if ('missing' in gathered) return { verdict: unknown(gathered.missing) };
  const { facts } = gathered;
  const verdict = soften(check, check.judge(facts as never, context));
  const part = verdict.status === STATUS.pass ? partAmong(check, answers) : null;
  return { verdict: part === null ? verdict : unknown(part, GIVE_ALL), facts };
}

/** Pure: the same answers and intent give the same verdict. Missing answers are never a pass and never a fail. */
export function judgeNode(check: AnyNodeCheck, answers: Answers, context: NodeContext): Judged {
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

/** What a fleet says to a check, and which nodes do not. */
type Shares = {
  readonly shares: readonly { readonly node: InventoryNode; readonly facts: Facts }[];
  readonly missing: readonly { readonly node: InventoryNode; readonly why: Reason }[];
  /** Why no pass may rest on them: a part of an answer is lost. */
  readonly part: Reason | null;
};

function sharesOf(check: AnyClusterCheck, fleet: readonly NodeAnswers[]): Shares {
  const shares: { node: InventoryNode; facts: Facts }[] = [];
  const missing: { node: InventoryNode; why: Reason }[] = [];
  let part: Reason | null = null;
  for (const { node, answers } of fleet) {
    const gathered = gather(check, answers);
    if ('missing' in gathered) missing.push({ node, why: gathered.missing });
    else {
      shares.push({ node, facts: gathered.facts });
      part ??= partAmong(check, answers);
    }
  }
  return { shares, missing, part };
}

/** Judges a fleet under one intent. */
export type ClusterJudge = (check: AnyClusterCheck, intent: Intent) => Verdict;

/** Judges one fleet under any number of intents: what its nodes say to a check is gathered once. */
export function clusterJudge(fleet: readonly NodeAnswers[]): ClusterJudge {
  const gathered = new Map<AnyClusterCheck, Shares>();
  return (check, intent) => {
    const skipped = check.skip?.(intent) ?? null;
    if (skipped !== null) return notApplicable(skipped);
    const said = gathered.get(check) ?? sharesOf(check, fleet);
    gathered.set(check, said);
    return verdictOfFleet(check, said, intent);
  };
}

/** Judges what only the fleet as a whole can tell. */
export const judgeCluster = (
  check: AnyClusterCheck,
  fleet: readonly NodeAnswers[],
  intent: Intent,
): Verdict => clusterJudge(fleet)(check, intent);

/** A missing share never lets the fleet pass. */
function verdictOfFleet(
  check: AnyClusterCheck,
  { shares, missing, part }: Shares,
  intent: Intent,
): Verdict {
  const [firstMissing] = missing;
  if (shares.length === 0) {
    return unknown(firstMissing?.why ?? reason('not-run', 'there is no node'));
  }
  const verdict = soften(check, check.judge(shares as never, intent));
  if (part !== null && verdict.status === STATUS.pass) return unknown(part, GIVE_ALL);
  return firstMissing !== undefined && verdict.status !== STATUS.fail
    ? unknown(firstMissing.why, `Reach ${names(missing)} and ask again.`)
    : verdict;
}

const names = (missing: readonly { readonly node: InventoryNode }[]): string =>
  missing
    .slice(0, 5)
    .map(({ node }) => node.name)
    .join(', ') + (missing.length > 5 ? ` and ${String(missing.length - 5)} more` : '');
