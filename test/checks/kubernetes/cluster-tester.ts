import { expect, test } from 'vitest';
import type { AnyClusterCheck, Verdict } from '../../../src/domain/check.js';
import { DEFAULT_INTENT, type Intent } from '../../../src/domain/intent.js';
import { answersOf } from '../../../src/engine/answers.js';
import { judgeCluster } from '../../../src/engine/judge.js';
import { probesOf } from '../../../src/engine/plan.js';
import { nodeEvidenceOf, type Said } from '../../helpers/check-tester.js';
import { BARE } from './recorded.js';

export type ClusterCase = {
  readonly name: string;
  /** By node name, what its probes said; the others said that there is no Kubernetes. */
  readonly nodes: Readonly<Record<string, Readonly<Record<string, Said>>>>;
  readonly intent?: Partial<Intent>;
  readonly expect: { readonly status: Verdict['status'] } & Readonly<Record<string, unknown>>;
};

/** Judges a fleet through the real parsers and the real engine. */
export function judgedCluster(
  check: AnyClusterCheck,
  nodes: ClusterCase['nodes'],
  intent: Partial<Intent> = {},
  bare: Readonly<Record<string, Said>> = BARE,
): Verdict {
  const probes = probesOf(check);
  const known = new Set(probes.map(({ id }) => id));
  const fleet = Object.entries(nodes).map(([name, says]) => {
    const all = Object.fromEntries(
      Object.entries({ ...bare, ...says }).filter(([id]) => known.has(id)),
    );
    return {
      node: { name, host: name, roles: ['worker'] as const },
      answers: answersOf(probes, nodeEvidenceOf(probes, all, name)),
    };
  });
  return judgeCluster(check, fleet, { ...DEFAULT_INTENT, ...intent });
}

/** A table of fleets to verdicts. */
export function testCluster(
  check: AnyClusterCheck,
  cases: readonly ClusterCase[],
  bare: Readonly<Record<string, Said>> = BARE,
): void {
  test.each(cases)(`${check.id}: $name`, (item) => {
    expect(judgedCluster(check, item.nodes, item.intent, bare)).toMatchObject(item.expect);
  });
}
