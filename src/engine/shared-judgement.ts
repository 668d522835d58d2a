import type { Answer, AnswerSheet } from '../domain/answer.js';
import type { AnyNodeCheck, Catalogue, NodeContext } from '../domain/check.js';
import type { AnyProbe } from '../domain/probe.js';
import type { Fix } from '../domain/fix.js';
import type { Intent } from '../domain/intent.js';
import type { InventoryNode } from '../domain/inventory.js';
import type { Finding } from '../domain/report.js';
import { findingOf } from './finding.js';
import { judgeNode, type Answers } from './judge.js';
import { allProbes, probesOf } from './plan.js';
import { watching, type Watched } from './watched.js';

/** A check as it is asked of every node of a fleet. */
export type PlannedCheck = {
  readonly check: AnyNodeCheck;
  /** The ids of its probes, in the order of the catalogue. */
  readonly probes: ReadonlySet<string>;
  /** Those of them whose answers name the node. */
  readonly naming: readonly string[];
  /** The others. */
  readonly alike: readonly string[];
};

const idsOf = (probes: readonly AnyProbe[]): readonly string[] => probes.map(({ id }) => id);

/** The checks of a catalogue that are asked of every node. */
export function planChecks(catalogue: Catalogue): readonly PlannedCheck[] {
  const all = allProbes(catalogue);
  return catalogue.checks.flatMap((check) => {
    if (check.scope !== 'node') return [];
    const asked = new Set(idsOf(probesOf(check)));
    const probes = all.filter(({ id }) => asked.has(id));
    return [
      {
        check,
        probes: new Set(idsOf(probes)),
        naming: idsOf(probes.filter(({ namesNode }) => namesNode === true)),
        alike: idsOf(probes.filter(({ namesNode }) => namesNode !== true)),
      },
    ];
  });
}

/** The same text for two nodes whose answers to a check's probes are the same objects (sharingReader). */
export type AnswerKey = (planned: PlannedCheck, answers: AnswerSheet) => string;

/** Keys that hold among each other, each made once. */
export function answerKeys(): AnswerKey {
  const numbers = new Map<Answer<unknown> | undefined, number>();
  const kept = new WeakMap<AnswerSheet, Map<PlannedCheck, string>>();
  const numberOf = (answer: Answer<unknown> | undefined): number => {
    let number = numbers.get(answer);
    if (number === undefined) numbers.set(answer, (number = numbers.size));
    return number;
  };
  return (planned, answers) => {
    let known = kept.get(answers);
    if (known === undefined) kept.set(answers, (known = new Map<PlannedCheck, string>()));
    const before = known.get(planned);
    if (before !== undefined) return before;
    const key = planned.alike.map((id) => numberOf(answers.get(id))).join();
    known.set(planned, key);
    return key;
  };
}

/** What was made of a check and a node, the keys of the intent that it hangs on, and whether on the node itself. */
export type Shared<R> = Watched<R> & { readonly ofNode: boolean };

type Kept<R> = {
  readonly shared: Shared<R>;
  /** What was looked at of the node itself, as of its roles. */
  readonly seen: readonly (readonly [key: string, value: unknown])[];
  /** What was looked at of the answers that name the node. */
  readonly read: readonly (readonly [probe: string, key: string, value: unknown])[];
};

const valueOf = (node: InventoryNode, key: string): unknown => node[key as keyof InventoryNode];

/** Lists of the same words are alike too. */
const alike = (one: unknown, other: unknown): boolean =>
  one === other ||
  (typeof one === 'object' &&
    typeof other === 'object' &&
    JSON.stringify(one) === JSON.stringify(other));

type Naming = {
  readonly answers: Answers;
  readonly read: () => Kept<never>['read'];
};

const KNOWN = Symbol('known');

/** A field of an answer; without a field, why there is no answer. */
function fieldOf(answer: Answer<unknown> | undefined, key: string): unknown {
  if (answer?.state !== 'known') return answer?.reason;
  return key === '' ? KNOWN : (answer.value as Record<string, unknown>)[key];
}

const agrees = (
  { seen, read }: Kept<unknown>,
  node: InventoryNode,
  answers: AnswerSheet,
): boolean =>
  seen.every(([key, value]) => alike(valueOf(node, key), value)) &&
  read.every(([id, key, value]) => alike(fieldOf(answers.get(id), key), value));

/** The same answers, watched where they name the node. */
function watchNaming(ids: readonly string[], answers: AnswerSheet): Naming {
  const seen = new Map<string, Set<string>>(ids.map((id) => [id, new Set([''])]));
  const watched = new Map<string, Answer<unknown>>();
  for (const id of ids) {
    const answer = answers.get(id);
    if (answer?.state !== 'known') continue;
    const value: unknown = new Proxy(answer.value as object, {
      get: (object, key) => {
        if (typeof key === 'string') seen.get(id)?.add(key);
        return Reflect.get(object, key) as unknown;
      },
    });
    watched.set(id, { ...answer, value });
  }
  return {
    answers: { get: (id) => watched.get(id) ?? answers.get(id) },
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
  work: (check: AnyNodeCheck, answers: Answers, context: NodeContext) => R,
): (planned: PlannedCheck, answers: AnswerSheet, node: InventoryNode) => Shared<R> {
  const watch = watching(intent);
  const known = new Map<PlannedCheck, Map<string, Kept<R>[]>>();
  return (planned, answers, node) => {
    let ofCheck = known.get(planned);
    if (ofCheck === undefined) known.set(planned, (ofCheck = new Map<string, Kept<R>[]>()));
    const key = keyOf(planned, answers);
    let before = ofCheck.get(key);
    if (before === undefined) ofCheck.set(key, (before = []));
    for (const kept of before) if (agrees(kept, node, answers)) return kept.shared;
    const naming = watchNaming(planned.naming, answers);
    const { value: made, keys } = watching(node)((watched) =>
      watch((seen) => work(planned.check, naming.answers, { intent: seen, node: watched })),
    );
    const shared = { ...made, ofNode: keys.size > 0 };
    const seen = [...keys].map((one) => [one, valueOf(node, one)] as const);
    before.push({ shared, seen, read: naming.read() });
    return shared;
  };
}

/** What a check says of a node; the finding has no evidence yet. */
export type NodeVerdict = { readonly finding: Finding; readonly fixes: readonly Fix[] };

export type SharedJudge = ReturnType<typeof sharedJudge>;

/** Judges nodes under one intent. */
export const sharedJudge = (intent: Intent, keyOf: AnswerKey) =>
  sharedWork(intent, keyOf, (check, answers, context): NodeVerdict => {
    const { verdict, fixes, settings } = judgeNode(check, answers, context);
    return { finding: findingOf(check, verdict, fixes, context.intent, settings), fixes };
  });
