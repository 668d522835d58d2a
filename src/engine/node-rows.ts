import type { AnswerSheet } from '../domain/answer.js';
import type { Evidence } from '../domain/evidence.js';
import type { InventoryNode } from '../domain/inventory.js';
import type { Finding } from '../domain/report.js';
import { pointersOf, pointing, type Pointed } from './pointers.js';
import type { NodeVerdict, PlannedCheck, Shared, SharedJudge } from './shared-judgement.js';

/** What was made of one node: by the place of each check its verdict, and its finding, not waived yet. */
export type NodeRow = {
  readonly verdicts: readonly Shared<NodeVerdict>[];
  readonly findings: readonly Finding[];
};

type Row = NodeRow & { readonly answers: AnswerSheet; readonly pointed: Pointed };

/** The places of checks that have a reason to say of this node anything else than of the one before. */
type Changed = { readonly has: (check: number) => boolean };
const EVERYTHING: Changed = { has: () => true };

/**
 * Judges nodes one after the other. Nodes of a fleet are much alike: what neither was answered otherwise nor hangs on
 * the node itself is taken from the node before, down to the same finding object.
 */
export function rowsOf(
  checks: readonly PlannedCheck[],
  judge: SharedJudge,
  sha256: (bytes: Uint8Array) => string,
): (node: InventoryNode, evidence: readonly Evidence[], answers: AnswerSheet) => NodeRow {
  const point = pointing(checks, sha256);
  const changesOf = changesBetween(checks);
  let before: Row | null = null;
  return (node, evidence, answers) => {
    const last = before;
    const pointed = point(evidence, last?.pointed ?? null);
    const changed = last === null ? EVERYTHING : changesOf(last, pointed, answers);
    const verdicts = checks.map((planned, at) => {
      const known = changed.has(at) ? undefined : last?.verdicts[at];
      return known === undefined || known.ofNode ? judge(planned, answers, node) : known;
    });
    const findings = verdicts.map((verdict, at) => {
      const known = changed.has(at) ? undefined : last?.findings[at];
      if (known !== undefined && verdict === last?.verdicts[at]) return known;
      return { ...verdict.value.finding, evidence: known?.evidence ?? pointersOf(pointed, at) };
    });
    before = { answers, pointed, verdicts, findings };
    return before;
  };
}

function changesBetween(
  checks: readonly PlannedCheck[],
): (last: Row, pointed: Pointed, answers: AnswerSheet) => Changed {
  const asking = new Map<string, number[]>();
  for (const [at, { probes }] of checks.entries())
    for (const probe of probes) asking.set(probe, [...(asking.get(probe) ?? []), at]);
  return (last, pointed, answers) => {
    const changed = new Set<number>();
    const add = (probe: string): void => {
      for (const at of asking.get(probe) ?? []) changed.add(at);
    };
    for (const probe of asking.keys())
      if (answers.get(probe) !== last.answers.get(probe)) add(probe);
    // Pointers in another layout are all new; a probe without any evidence now has another answer than before.
    for (const [place, pointer] of pointed.all.entries())
      if (pointer !== last.pointed.all[place]) add(pointer.probe);
    return changed;
  };
}
