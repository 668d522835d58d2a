import type { Finding, Report } from '../domain/report.js';
import { STATUS, type Severity, type Status } from '../domain/status.js';

/** How a finding of the new report stands to the old one. */
export type Drift = 'worse' | 'cannot-tell' | 'better' | 'other';

export type Difference = {
  /** A node's name, or `the fleet`. */
  readonly node: string;
  readonly check: string;
  readonly severity: Severity;
  readonly from: Status;
  readonly to: Status;
  readonly drift: Drift;
  /** What the new report found. */
  readonly found: string;
};

export type Change = { readonly what: string; readonly from: string; readonly to: string };

export type Comparison = {
  readonly differences: readonly Difference[];
  /** Required checks that neither report could tell: no regression, and nothing to rely on. */
  readonly neverKnown: number;
  readonly goneNodes: readonly string[];
  readonly newNodes: readonly string[];
  /** Facts of nodes that are others now: kernel, distribution, host key. */
  readonly facts: readonly (Change & { readonly node: string })[];
  /** What was asked for, and by which catalogue it was judged: why verdicts may differ on unchanged nodes. */
  readonly terms: readonly Change[];
};

const FLEET = 'the fleet';
const FACTS = ['kernel', 'architecture', 'distribution', 'host-key'] as const;

/** How far from good: a waiver hides no fault, but it keeps it from blocking. */
const DEGREE: Readonly<Record<Exclude<Status, 'unknown'>, number>> = {
  [STATUS.pass]: 0,
  [STATUS.notApplicable]: 0,
  [STATUS.waived]: 1,
  [STATUS.warn]: 1,
  [STATUS.fail]: 2,
};

function driftOf(from: Status, to: Status): Drift {
  if (to === STATUS.unknown) return 'cannot-tell';
  // What was never seen before cannot have become worse; a fault seen now may be an old one.
  if (from === STATUS.unknown) return DEGREE[to] > 0 ? 'cannot-tell' : 'better';
  if (DEGREE[to] > DEGREE[from]) return 'worse';
  return DEGREE[to] < DEGREE[from] ? 'better' : 'other';
}

type Rows = ReadonlyMap<string, ReadonlyMap<string, Finding>>;

const rowsOf = ({ nodes, cluster }: Report): Rows =>
  new Map(
    [...nodes, { name: FLEET, findings: cluster.findings }].map(({ name, findings }) => [
      name,
      new Map(findings.map((finding) => [finding.check, finding])),
    ]),
  );

/** The findings of a node, or of the fleet, that both reports have. */
const pairsOf = (before: Rows, now: Rows) =>
  [...now].flatMap(([node, findings]) =>
    [...findings.values()].flatMap((finding) => {
      const old = before.get(node)?.get(finding.check);
      return old === undefined ? [] : [{ node, old, finding }];
    }),
  );

function factChanges(before: Report, now: Report): Comparison['facts'] {
  const old = new Map(before.nodes.map((node) => [node.name, node.facts]));
  return now.nodes.flatMap(({ name, facts }) =>
    FACTS.flatMap((what) => {
      const [from, to] = [old.get(name)?.[what], facts[what]];
      return from === undefined || to === undefined || from === to
        ? []
        : [{ node: name, what, from, to }];
    }),
  );
}

function termChanges(before: Report, now: Report): readonly Change[] {
  const words = ({ intent, catalogue }: Report): ReadonlyMap<string, string> =>
    new Map([
      ...Object.entries(intent).map(([key, value]) => [key, [value].flat().join(', ')] as const),
      ['catalogue', catalogue.version] as const,
    ]);
  const old = words(before);
  return [...words(now)].flatMap(([what, to]) => {
    const from = old.get(what) ?? '';
    return from === to ? [] : [{ what, from, to }];
  });
}

/** What became of the verdicts between two reports; nodes are the same when their names are. Pure. */
export function compareReports(before: Report, now: Report): Comparison {
  const [old, young] = [rowsOf(before), rowsOf(now)];
  const pairs = pairsOf(old, young);
  return {
    differences: pairs.flatMap(({ node, old: { status: from }, finding }) => {
      const { check, severity, status: to, found } = finding;
      return from === to
        ? []
        : [{ node, check, severity, from, to, drift: driftOf(from, to), found }];
    }),
    neverKnown: pairs.filter(
      ({ old: { status }, finding }) =>
        finding.severity === 'required' &&
        status === STATUS.unknown &&
        finding.status === STATUS.unknown,
    ).length,
    goneNodes: [...old.keys()].filter((name) => !young.has(name)),
    newNodes: [...young.keys()].filter((name) => !old.has(name)),
    facts: factChanges(before, now),
    terms: termChanges(before, now),
  };
}

/** Whether anything got worse; `null` where nobody can tell of a required check, or of a whole node. */
export function hasRegressed({ differences, goneNodes }: Comparison): boolean | null {
  if (differences.some(({ drift }) => drift === 'worse')) return true;
  const untold = differences.some(
    ({ drift, severity }) => drift === 'cannot-tell' && severity === 'required',
  );
  return untold || goneNodes.length > 0 ? null : false;
}
