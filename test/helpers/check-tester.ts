import { expect, test } from 'vitest';
import type { AnyNodeCheck, Verdict } from '../../src/domain/check.js';
import type { Evidence, NodeEvidence } from '../../src/domain/evidence.js';
import { DEFAULT_INTENT, type Intent } from '../../src/domain/intent.js';
import type { InventoryNode } from '../../src/domain/inventory.js';
import type { AnyProbe } from '../../src/domain/probe.js';
import type { Reason } from '../../src/domain/reason.js';
import { answersOf } from '../../src/engine/answers.js';
import { judgeNode, type Judged } from '../../src/engine/judge.js';
import { probesOf } from '../../src/engine/plan.js';

/** What one probe said. A bare string is its standard output with exit status 0. */
export type Said =
  | string
  | {
      readonly stdout?: string | Uint8Array;
      readonly stderr?: string;
      readonly exit?: number | null;
      readonly receivedAt?: number | null;
      readonly problem?: Reason;
    };

/** A pasted output: nobody knows its exit status. */
export const pasted = (stdout: string): Said => ({ stdout, exit: null });

export type Case = {
  /** Behaviour, such as "a node that hangs is unknown, not failed". */
  readonly name: string;
  /** By probe id. A probe that is not named was not run; an id that the check does not look at is an error. */
  readonly says: Readonly<Record<string, Said>>;
  readonly intent?: Partial<Intent>;
  readonly node?: Partial<InventoryNode>;
  /** Matched as a part of the verdict; a string matcher such as expect.stringContaining is welcome. */
  readonly expect: { readonly status: Verdict['status'] } & Readonly<Record<string, unknown>>;
  /** Ways of the fixes that must be offered, in order. */
  readonly fixes?: readonly string[];
};

const encoder = new TextEncoder();

/** Evidence as a transport would hand it over. */
export function evidenceOf(probe: Pick<AnyProbe, 'id' | 'command'>, said: Said): Evidence {
  const full = typeof said === 'string' ? { stdout: said } : said;
  const stdout = full.stdout ?? '';
  return {
    probe: probe.id,
    command: probe.command,
    stdout: typeof stdout === 'string' ? encoder.encode(stdout) : stdout,
    stderr: encoder.encode(full.stderr ?? ''),
    exit: full.exit === undefined ? 0 : full.exit,
    durationMs: null,
    receivedAt: full.receivedAt ?? null,
    ...(full.problem === undefined ? {} : { problem: full.problem }),
  };
}

/** One node's evidence for these probes. Throws when `says` names a probe that is not among them. */
export function nodeEvidenceOf(
  probes: readonly AnyProbe[],
  says: Readonly<Record<string, Said>>,
  node = 'n1',
): NodeEvidence {
  const byId = new Map(probes.map((probe) => [probe.id, probe]));
  const evidence = Object.entries(says).map(([id, said]) => {
    const probe = byId.get(id);
    if (probe === undefined)
      throw new Error(`no probe "${id}" here: ${[...byId.keys()].join(' ')}`);
    return evidenceOf(probe, said);
  });
  return { node, startedAt: 0, finishedAt: 0, evidence };
}

/** Judges through the real parsers and the real engine. */
export function judged(
  check: AnyNodeCheck,
  says: Readonly<Record<string, Said>>,
  intent: Partial<Intent> = {},
  node: Partial<InventoryNode> = {},
): Judged {
  const probes = probesOf(check);
  const answers = answersOf(probes, nodeEvidenceOf(probes, says));
  return judgeNode(check, answers, {
    intent: { ...DEFAULT_INTENT, ...intent },
    node: { name: 'n1', host: 'n1', roles: ['worker'], ...node },
  });
}

/** A table of real text to verdict. */
export function testCheck(check: AnyNodeCheck, cases: readonly Case[]): void {
  test.each(cases)(`${check.id}: $name`, (item) => {
    const { verdict, fixes } = judged(check, item.says, item.intent, item.node);
    expect(verdict).toMatchObject(item.expect);
    if (item.fixes !== undefined) expect(fixes.map(({ way }) => way)).toEqual(item.fixes);
  });
}
