import { catalogue } from '../../checks/index.js';
import type { AnyCheck } from '../../src/domain/check.js';
import type { NodeEvidence } from '../../src/domain/evidence.js';
import { STATUS } from '../../src/domain/status.js';
import { answersOf, sharingReader, type AnswerMemory } from '../../src/engine/answers.js';
import { judgeCluster, judgeNode } from '../../src/engine/judge.js';
import { allProbes } from '../../src/engine/plan.js';
import { checksystem, type Answer } from './checksystem.js';
import { INTENT_NAMES, intentOf, type IntentName } from './intents.js';
import { expected, type TruthFile } from './truth.js';

export type Outcome = 'right' | 'wrong' | 'unknown';

/** One judgement beside what a human says. */
export type Compared = {
  readonly node: string;
  readonly intent: IntentName;
  readonly check: string;
  readonly truth: string;
  readonly why: string;
  readonly said: string;
  readonly words: string;
  readonly outcome: Outcome;
  /** Of checksystem, where it answers. */
  readonly official: Outcome | 'none';
};

export type Judged = { readonly status: string; readonly words: string };

const probes = allProbes(catalogue);
const memory: AnswerMemory = new WeakMap();
const read = sharingReader(memory);
const byId: ReadonlyMap<string, AnyCheck> = new Map(
  catalogue.checks.map((check) => [check.id, check]),
);

/** What the catalogue says of one node alone. */
export function judgeAlone(evidence: NodeEvidence, id: string, intent: IntentName): Judged | null {
  const check = byId.get(id);
  if (check === undefined) return null;
  const answers = answersOf(probes, evidence, read);
  const node = { name: evidence.node, host: evidence.node, roles: [] };
  const wanted = intentOf(intent);
  const verdict =
    check.scope === 'cluster'
      ? judgeCluster(check, [{ node, answers }], wanted)
      : judgeNode(check, answers, { intent: wanted, node }).verdict;
  const words = verdict.status === STATUS.unknown ? verdict.reason : verdict.found;
  return { status: verdict.status, words };
}

function outcomeOf(said: string, truth: string): Outcome {
  if (said === truth) return 'right';
  return said === STATUS.unknown ? 'unknown' : 'wrong';
}

/** It knows good and bad alone: a warning is good, and what the intent does not need cannot be bad. */
function officialOutcome(answer: Answer, truth: string): Compared['official'] {
  if (answer === 'none' || truth === STATUS.unknown) return 'none';
  return (answer === 'fail') === (truth === STATUS.fail) ? 'right' : 'wrong';
}

function compareNode(node: NodeEvidence, truth: TruthFile): readonly Compared[] {
  return Object.entries(truth.checks).flatMap(([check, label]) => {
    const official = checksystem(node, check);
    return INTENT_NAMES.flatMap((intent): readonly Compared[] => {
      const wanted = expected(label, intent);
      if (wanted === undefined) return [];
      const judged = judgeAlone(node, check, intent);
      if (judged === null) throw new Error(`${truth.says}: there is no check ${check}`);
      return [
        {
          node: node.node,
          intent,
          check,
          truth: wanted,
          why: label.why,
          said: judged.status,
          words: judged.words,
          outcome: outcomeOf(judged.status, wanted),
          official: officialOutcome(official, wanted),
        },
      ];
    });
  });
}

/** Every label against what is said; a label of a node that is not there, or given twice, is an error. */
export function compare(
  nodes: readonly NodeEvidence[],
  truths: readonly TruthFile[],
): readonly Compared[] {
  const byName = new Map(nodes.map((node) => [node.node, node]));
  const all = truths.flatMap((truth) =>
    (truth.name === undefined ? (truth.nodes ?? []) : [truth.name]).flatMap((name) => {
      const node = byName.get(name);
      if (node === undefined) throw new Error(`"${truth.says}" speaks of ${name}, not recorded`);
      return compareNode(node, truth);
    }),
  );
  const seen = new Set<string>();
  for (const { node, intent, check } of all) {
    const key = `${node} ${intent} ${check}`;
    if (seen.has(key)) throw new Error(`${key} is labelled twice`);
    seen.add(key);
  }
  return all;
}

export type Row = {
  readonly check: string;
  readonly right: number;
  readonly wrong: number;
  readonly unknown: number;
  readonly official: { readonly right: number; readonly wrong: number };
};

const count = (all: readonly Compared[], test: (one: Compared) => boolean): number =>
  all.filter(test).length;

const rowOf = (check: string, all: readonly Compared[]): Row => ({
  check,
  right: count(all, ({ outcome }) => outcome === 'right'),
  wrong: count(all, ({ outcome }) => outcome === 'wrong'),
  unknown: count(all, ({ outcome }) => outcome === 'unknown'),
  official: {
    right: count(all, ({ official }) => official === 'right'),
    wrong: count(all, ({ official }) => official === 'wrong'),
  },
});

/** A row a labelled check, in the order of the catalogue, and all of them together. */
export function rowsOf(all: readonly Compared[]): readonly Row[] {
  const rows = catalogue.checks
    .map(({ id }) =>
      rowOf(
        id,
        all.filter(({ check }) => check === id),
      ),
    )
    .filter(({ right, wrong, unknown }) => right + wrong + unknown > 0);
  return [...rows, rowOf('all', all)];
}
