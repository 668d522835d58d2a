import type { Answer, AnswerSheet } from '../domain/answer.js';
import type { AnyNodeCheck, NodeContext } from '../domain/check.js';
import type { AnyProbe } from '../domain/probe.js';
import type { Fix } from '../domain/fix.js';
import type { Intent } from '../domain/intent.js';
import type { InventoryNode } from '../domain/inventory.js';
import type { Finding } from '../domain/report.js';
import { findingOf } from './finding.js';
import { judgeNode } from './judge.js';
import { probesOf } from './plan.js';
import { watching } from './watched.js';

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

/** What was made of a check and a node, and the keys of the intent that it hangs on. */
export type Shared<R> = { readonly value: R; readonly keys: ReadonlySet<string> };

type Kept<R> = {
  readonly shared: Shared<R>;
  /** What was looked at of the node itself, as of its roles. */
  readonly seen: readonly (readonly [key: string, value: string])[];
};

const valueOf = (node: InventoryNode, key: string): string =>
  JSON.stringify([node[key as keyof InventoryNode]]);

/**
 * Does pure work on checks and nodes under one intent. Nodes that share their answers (sharingReader) have it done
 * once, so far as they agree in what it looks at of the node: nobody can tell.
 */
export function sharedWork<R>(
  intent: Intent,
  keyOf: AnswerKey,
  work: (check: AnyNodeCheck, answers: AnswerSheet, context: NodeContext) => R,
): (planned: PlannedCheck, answers: AnswerSheet, node: InventoryNode) => Shared<R> {
  const watch = watching(intent);
  const known = new Map<PlannedCheck, Map<string, readonly Kept<R>[]>>();
  return (planned, answers, node) => {
    const ofCheck = known.get(planned) ?? new Map<string, readonly Kept<R>[]>();
    known.set(planned, ofCheck);
    const key = keyOf(planned, answers);
    const before = ofCheck.get(key) ?? [];
    const same = before.find(({ seen }) =>
      seen.every(([one, value]) => valueOf(node, one) === value),
    );
    if (same !== undefined) return same.shared;
    const { value: shared, keys } = watching(node)((watched) =>
      watch((seen) => work(planned.check, answers, { intent: seen, node: watched })),
    );
    const seen = [...keys].map((one) => [one, valueOf(node, one)] as const);
    ofCheck.set(key, [...before, { shared, seen }]);
    return shared;
  };
}

/** What a check says of a node; the finding has no evidence yet. */
export type NodeVerdict = { readonly finding: Finding; readonly fixes: readonly Fix[] };

/** Judges nodes under one intent. */
export const sharedJudge = (intent: Intent, keyOf: AnswerKey) =>
  sharedWork(intent, keyOf, (check, answers, context): NodeVerdict => {
    const { verdict, fixes, settings } = judgeNode(check, answers, context);
    return { finding: findingOf(check, verdict, fixes, context.intent, settings), fixes };
  });
