import type { Answer, AnswerSheet } from '../domain/answer.js';
import type { AnyNodeCheck } from '../domain/check.js';
import type { AnyProbe } from '../domain/probe.js';
import type { Fix } from '../domain/fix.js';
import type { Intent } from '../domain/intent.js';
import type { InventoryNode } from '../domain/inventory.js';
import type { Finding } from '../domain/report.js';
import { findingOf } from './finding.js';
import { judgeNode } from './judge.js';
import { probesOf } from './plan.js';

/** A check as it is asked of every node of a fleet. */
export type PlannedCheck = {
  readonly check: AnyNodeCheck;
  /** The ids of its probes. */
  readonly probes: ReadonlySet<string>;
};

export const planCheck = (check: AnyNodeCheck): PlannedCheck => ({
  check,
  probes: new Set(probesOf(check).map((probe: AnyProbe) => probe.id)),
});

/** What a check says of a node; the finding has no evidence yet. */
export type NodeVerdict = { readonly finding: Finding; readonly fixes: readonly Fix[] };

/** The same text for two nodes whose answers to a check's probes are the same objects (sharingReader). */
export type AnswerKey = (planned: PlannedCheck, answers: AnswerSheet) => string;

/** Keys that hold among each other, each made once. */
export function answerKeys(): AnswerKey {
  const numbers = new Map<Answer<unknown> | undefined, number>();
  const kept = new WeakMap<AnswerSheet, Map<PlannedCheck, string>>();
  const numberOf = (answer: Answer<unknown> | undefined): number => {
    const number = numbers.get(answer) ?? numbers.size;
    numbers.set(answer, number);
    return number;
  };
  return (planned, answers) => {
    const known = kept.get(answers) ?? new Map<PlannedCheck, string>();
    kept.set(answers, known);
    const before = known.get(planned);
    if (before !== undefined) return before;
    const key = [...planned.probes].map((id) => numberOf(answers.get(id))).join();
    known.set(planned, key);
    return key;
  };
}

/**
 * Judges nodes under one intent. Nodes that share their answers (sharingReader) are judged once: a check is pure, so
 * nobody can tell. A check that looked at the node itself, as at its roles, judges each one.
 */
export function sharedJudge(
  intent: Intent,
  keyOf: AnswerKey,
): (planned: PlannedCheck, answers: AnswerSheet, node: InventoryNode) => NodeVerdict {
  const kept = new Map<AnyNodeCheck, Map<string, NodeVerdict>>();
  return (planned, answers, node) => {
    const { check } = planned;
    const known = kept.get(check) ?? new Map<string, NodeVerdict>();
    kept.set(check, known);
    const key = keyOf(planned, answers);
    const before = known.get(key);
    if (before !== undefined) return before;
    const seen = { looked: false };
    const { verdict, fixes } = judgeNode(check, answers, {
      intent,
      get node() {
        seen.looked = true;
        return node;
      },
    });
    const judged = { finding: findingOf(check, verdict, fixes, intent), fixes };
    if (!seen.looked) known.set(key, judged);
    return judged;
  };
}
