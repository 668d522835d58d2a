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
  /** Those of them whose answers name the node. */
  readonly naming: readonly string[];
  /** The others. */
  readonly alike: readonly string[];
};

const idsOf = (probes: readonly AnyProbe[]): readonly string[] => [
  ...new Set(probes.map(({ id }) => id)),
];

export const planCheck = (check: AnyNodeCheck): PlannedCheck => {
  const probes = probesOf(check);
  const naming = idsOf(probes.filter(({ namesNode }) => namesNode === true));
  const ids = idsOf(probes);
  return {
    check,
    probes: new Set(ids),
    naming,
    alike: ids.filter((id) => !naming.includes(id)),
  };
};

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
    const key = planned.alike.map((id) => numberOf(answers.get(id))).join();
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
  /** What was looked at of the answers that name the node. */
  readonly read: readonly (readonly [probe: string, key: string, value: string])[];
};

const valueOf = (node: InventoryNode, key: string): string =>
  JSON.stringify([node[key as keyof InventoryNode]]);

type Naming = {
  readonly answers: AnswerSheet;
  readonly read: () => Kept<never>['read'];
};

/** A field of an answer as text; without a field, why there is no answer. */
function fieldOf(answer: Answer<unknown> | undefined, key: string): string {
  if (answer?.state !== 'known') return JSON.stringify([answer?.reason]);
  return key === '' ? 'known' : JSON.stringify([(answer.value as Record<string, unknown>)[key]]);
}

/** The same answers, watched where they name the node. */
function watchNaming(ids: readonly string[], answers: AnswerSheet): Naming {
  const seen = new Map<string, Set<string>>(ids.map((id) => [id, new Set([''])]));
  const watched = ids.flatMap((id) => {
    const answer = answers.get(id);
    if (answer?.state !== 'known') return [];
    const value: unknown = new Proxy(answer.value as object, {
      get: (object, key) => {
        if (typeof key === 'string') seen.get(id)?.add(key);
        return Reflect.get(object, key) as unknown;
      },
    });
    return [[id, { ...answer, value }] as const];
  });
  return {
    answers: watched.length === 0 ? answers : new Map([...answers, ...watched]),
    read: () =>
      [...seen].flatMap(([id, keys]) =>
        [...keys].map((key) => [id, key, fieldOf(answers.get(id), key)] as const),
      ),
  };
}

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
    const same = before.find(
      ({ seen, read }) =>
        seen.every(([one, value]) => valueOf(node, one) === value) &&
        read.every(([id, one, value]) => fieldOf(answers.get(id), one) === value),
    );
    if (same !== undefined) return same.shared;
    const naming = watchNaming(planned.naming, answers);
    const { value: shared, keys } = watching(node)((watched) =>
      watch((seen) => work(planned.check, naming.answers, { intent: seen, node: watched })),
    );
    const seen = [...keys].map((one) => [one, valueOf(node, one)] as const);
    ofCheck.set(key, [...before, { shared, seen, read: naming.read() }]);
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
