import type { Catalogue } from '../../domain/check.js';
import type { Finding, NodeReport, Report } from '../../domain/report.js';
import { reasonCode } from '../../domain/reason.js';
import { READINESS, STATUS, STATUSES, type Severity, type Status } from '../../domain/status.js';

/** Nodes of which every check says the same status: one column of the grid. */
export type NodeGroup = {
  readonly nodes: readonly NodeReport[];
  readonly reached: boolean;
  /** False for those that nobody has asked yet. */
  readonly asked: boolean;
  readonly readiness: NodeReport['readiness'];
};

export type GridRow = {
  readonly check: string;
  readonly title: string;
  readonly severity: Severity;
  /** The worst status among the nodes that were reached; of all, when none was. */
  readonly worst: Status;
  /** One per group of nodes; empty for a check of the whole cluster. */
  readonly cells: readonly Status[];
  /** The finding of a check of the whole cluster. */
  readonly cluster?: Finding;
};

export type FindingsGrid = {
  readonly groups: readonly NodeGroup[];
  readonly rows: readonly GridRow[];
};

const badness = (status: Status): number => STATUSES.indexOf(status);
const worstOf = (statuses: readonly Status[]): Status =>
  statuses.reduce(
    (worst, status) => (badness(status) < badness(worst) ? status : worst),
    STATUS.notApplicable,
  );

const READINESS_ORDER = [READINESS.notReady, READINESS.unknown, READINESS.ready];

const wasAsked = ({ reached, reason }: NodeReport): boolean =>
  reached || reason === undefined || reasonCode(reason) !== 'not-run';

function groupNodes(nodes: readonly NodeReport[]): readonly NodeGroup[] {
  const groups = new Map<string, NodeReport[]>();
  for (const node of nodes) {
    const signature = node.findings.map(({ status }) => badness(status)).join();
    const key = `${String(node.reached)} ${String(wasAsked(node))} ${signature}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return [...groups.values()]
    .flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const { reached, readiness } = first;
      return [{ nodes: members, reached, asked: wasAsked(first), readiness }];
    })
    .sort((a, b) => READINESS_ORDER.indexOf(a.readiness) - READINESS_ORDER.indexOf(b.readiness));
}

/** A node that was not reached says nothing of any check: its column tells that once, and no row is worse for it. */
function tellingCells(groups: readonly NodeGroup[], cells: readonly Status[]): readonly Status[] {
  const telling = cells.filter((_, index) => groups[index]?.reached === true);
  return telling.length > 0 ? telling : cells;
}

const bySeverity = (row: GridRow): number => (row.severity === 'required' ? 0 : 1);

/**
 * The findings as a grid: checks the worst first, nodes folded where they agree, the least ready first.
 * A new value for each call: components keep it with `useMemo` on the report.
 */
export function findingsGrid(report: Report): FindingsGrid {
  const groups = groupNodes(report.nodes);
  const nodeRows = (report.nodes[0]?.findings ?? []).map((finding, index): GridRow => {
    const cells = groups.map((group) => group.nodes[0]?.findings[index]?.status ?? STATUS.unknown);
    const { check, title, severity } = finding;
    return { check, title, severity, worst: worstOf(tellingCells(groups, cells)), cells };
  });
  const clusterRows = report.cluster.findings.map((finding): GridRow => ({
    check: finding.check,
    title: finding.title,
    severity: finding.severity,
    worst: finding.status,
    cells: [],
    cluster: finding,
  }));
  const rows = [...nodeRows, ...clusterRows].sort(
    (a, b) => badness(a.worst) - badness(b.worst) || bySeverity(a) - bySeverity(b),
  );
  return { groups, rows };
}

/** What one check says of each node, for drilling down. */
export const findingsOf = (
  report: Report,
  check: string,
): readonly { readonly node: NodeReport; readonly finding: Finding }[] =>
  report.nodes.flatMap((node) => {
    const finding = node.findings.find((candidate) => candidate.check === check);
    return finding === undefined ? [] : [{ node, finding }];
  });

export const unreachedNodes = (report: Report): readonly NodeReport[] =>
  report.nodes.filter((node) => !node.reached);

/** One check that is not settled, and where: the list before signing. */
export type OpenProblem = {
  readonly check: string;
  readonly title: string;
  readonly status: Status;
  /** It keeps the fleet from being ready. */
  readonly blocking: boolean;
  readonly waivable: boolean;
  /** Empty for a finding of the whole cluster. */
  readonly nodes: readonly string[];
};

const OPEN: readonly Status[] = [STATUS.fail, STATUS.unknown, STATUS.warn];

/**
 * Failures, unknowns and warnings that no waiver covers: one entry for each check and status, the worst first. A node
 * that was not reached is one problem of its own (`unreachedNodes`), not one for each check.
 */
export function openProblems(report: Report, catalogue: Catalogue): readonly OpenProblem[] {
  const waivable = new Map(catalogue.checks.map((check) => [check.id, check.waivable]));
  const problems = new Map<string, OpenProblem & { readonly nodes: string[] }>();
  const note = (finding: Finding, node: string | null): void => {
    if (!OPEN.includes(finding.status)) return;
    const key = `${finding.check} ${finding.status} ${String(node === null)}`;
    const problem = problems.get(key) ?? {
      check: finding.check,
      title: finding.title,
      status: finding.status,
      blocking: finding.severity === 'required' && finding.status !== STATUS.warn,
      waivable: waivable.get(finding.check) ?? false,
      nodes: [],
    };
    if (node !== null) problem.nodes.push(node);
    problems.set(key, problem);
  };
  for (const node of report.nodes)
    if (node.reached) for (const finding of node.findings) note(finding, node.name);
  for (const finding of report.cluster.findings) note(finding, null);
  return [...problems.values()].sort(
    (a, b) => Number(b.blocking) - Number(a.blocking) || badness(a.status) - badness(b.status),
  );
}
