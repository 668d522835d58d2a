import type { AnswerSheet } from '../domain/answer.js';
import {
  unknown,
  type AnyCheck,
  type AnyNodeCheck,
  type Catalogue,
  type Verdict,
} from '../domain/check.js';
import type { Evidence, NodeEvidence } from '../domain/evidence.js';
import type { Fix } from '../domain/fix.js';
import type { Intent } from '../domain/intent.js';
import type { InventoryNode } from '../domain/inventory.js';
import {
  REPORT_SCHEMA,
  type Finding,
  type NodeReport,
  type PathFinding,
  type Report,
  type Waiver,
} from '../domain/report.js';
import { nextStepFor } from '../domain/next-step.js';
import { READINESS, STATUS } from '../domain/status.js';
import { visible, visibleLine } from '../domain/visible.js';
import { answersOf } from './answers.js';
import { judgeCluster, judgeNode, type NodeAnswers } from './judge.js';
import { allProbes, probesOf } from './plan.js';
import { countStatuses, fleetReadiness, readinessOf } from './readiness.js';
import { waive } from './waive.js';

/** Everything a report is made from. The same input gives the same report. */
export type Survey = {
  readonly catalogue: Catalogue;
  readonly intent: Intent;
  readonly nodes: readonly { readonly node: InventoryNode; readonly evidence: NodeEvidence }[];
  readonly waivers: readonly Waiver[];
  readonly paths: readonly PathFinding[];
  readonly run: Report['run'];
  readonly tool: Report['tool'];
  readonly demo?: boolean;
  /** Lower-case hex SHA-256, handed in because this folder imports no Node module. */
  readonly sha256: (bytes: Uint8Array) => string;
};

/** A report, and beside it the fixes in full, which the report only summarises. */
export type Judgement = {
  readonly report: Report;
  /** By node name, then check id. */
  readonly fixes: ReadonlyMap<string, ReadonlyMap<string, readonly Fix[]>>;
};

const wordsOf = (
  verdict: Verdict,
): Pick<Finding, 'status' | 'found' | 'expected' | 'reason' | 'toKnow'> => {
  if (verdict.status !== STATUS.unknown) {
    const expected = 'expected' in verdict ? { expected: visible(verdict.expected) } : {};
    return { status: verdict.status, found: visible(verdict.found), ...expected };
  }
  const why = visible(verdict.reason);
  const toKnow = visible(verdict.toKnow ?? nextStepFor(verdict.reason));
  return { status: verdict.status, found: `not known (${why})`, reason: why, toKnow };
};

function findingOf(
  check: AnyCheck,
  verdict: Verdict,
  fixes: readonly Fix[],
  intent: Intent,
  evidence: Finding['evidence'],
): Finding {
  const bad = verdict.status === STATUS.fail || verdict.status === STATUS.warn;
  const [source] = check.sources;
  return {
    check: check.id,
    title: check.title,
    severity: check.severity,
    ...wordsOf(verdict),
    source: { page: source.page, url: source.url },
    breaks: bad ? (check.breaks ?? []) : [],
    alternatives: bad ? (check.alternatives?.(intent) ?? []) : [],
    fixes: fixes.map(({ way, kind, summary }) => ({ way, kind, summary: visible(summary) })),
    evidence,
  };
}

function pointers(
  check: AnyCheck,
  node: NodeEvidence,
  digests: ReadonlyMap<Evidence, string>,
): Finding['evidence'] {
  const ids = new Set(probesOf(check).map((probe) => probe.id));
  return node.evidence
    .filter((item) => ids.has(item.probe))
    .map((item) => ({
      probe: item.probe,
      command: item.command,
      exit: item.exit,
      sha256: digests.get(item) ?? '',
    }));
}

function factsOf(survey: Survey, answers: AnswerSheet): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const probe of allProbes(survey.catalogue)) {
    const answer = answers.get(probe.id);
    if (answer?.state !== 'known' || probe.facts === undefined) continue;
    for (const [key, value] of Object.entries(probe.facts(answer.value)))
      facts[key] ??= visibleLine(value);
  }
  return facts;
}

type NodeResult = {
  readonly report: NodeReport;
  readonly fixes: ReadonlyMap<string, readonly Fix[]>;
};

function reportNode(
  survey: Survey,
  item: Survey['nodes'][number],
  answers: AnswerSheet,
  now: number,
): NodeResult {
  const { node, evidence } = item;
  const digests = new Map(evidence.evidence.map((one) => [one, survey.sha256(one.stdout)]));
  const fixes = new Map<string, readonly Fix[]>();
  const reached = evidence.unreached === undefined;
  const findings = survey.catalogue.checks
    .filter((check): check is AnyNodeCheck => check.scope === 'node')
    .map((check) => {
      const judged = reached
        ? judgeNode(check, answers, { intent: survey.intent, node })
        : { verdict: unknown(evidence.unreached, evidence.nextStep), fixes: [] };
      if (judged.fixes.length > 0) fixes.set(check.id, judged.fixes);
      const finding = findingOf(
        check,
        judged.verdict,
        judged.fixes,
        survey.intent,
        pointers(check, evidence, digests),
      );
      // Nobody can sign for a node that was not seen.
      return reached ? waive(finding, node.name, survey.waivers, check.waivable, now) : finding;
    });
  const why = evidence.unreached === undefined ? {} : { reason: visible(evidence.unreached) };
  const report = {
    name: visibleLine(node.name, 255),
    host: visibleLine(node.host, 255),
    roles: node.roles,
    reached,
    ...why,
    readiness: reached ? readinessOf(findings) : READINESS.unknown,
    facts: factsOf(survey, answers),
    findings,
  };
  return { report, fixes };
}

function reportCluster(
  survey: Survey,
  fleet: readonly NodeAnswers[],
  now: number,
): readonly Finding[] {
  return survey.catalogue.checks.flatMap((check) => {
    if (check.scope !== 'cluster') return [];
    const verdict = judgeCluster(check, fleet, survey.intent);
    return [
      waive(
        findingOf(check, verdict, [], survey.intent, []),
        null,
        survey.waivers,
        check.waivable,
        now,
      ),
    ];
  });
}

/** Judges a whole survey. Pure: no clock but `run.finishedAt`, no order but the inventory's and the catalogue's. */
export function buildReport(survey: Survey): Judgement {
  const probes = allProbes(survey.catalogue);
  const now = Date.parse(survey.run.finishedAt);
  const fleet = survey.nodes.map(({ node, evidence }) => ({
    node,
    answers: answersOf(probes, evidence),
  }));
  const results = survey.nodes.map((item, index) =>
    reportNode(survey, item, fleet[index]?.answers ?? new Map(), now),
  );
  const cluster = reportCluster(survey, fleet, now);
  const nodes = results.map((result) => result.report);
  const tested = survey.paths.map((path) => ({
    severity: 'required' as const,
    status: path.status,
  }));
  const report: Report = {
    schema: REPORT_SCHEMA,
    tool: survey.tool,
    catalogue: { version: survey.catalogue.version, checks: survey.catalogue.checks.length },
    run: survey.run,
    intent: survey.intent,
    readiness: fleetReadiness([
      ...nodes.map((node) => node.readiness),
      // A fleet without nodes: there is nothing that could be ready.
      nodes.length === 0 ? READINESS.unknown : readinessOf([...cluster, ...tested]),
    ]),
    summary: countStatuses([
      ...nodes.flatMap((node) => node.findings),
      ...cluster,
      ...survey.paths,
    ]),
    nodes,
    cluster: { findings: cluster },
    paths: survey.paths,
    ...(survey.demo === true ? { demo: true as const } : {}),
  };
  return {
    report,
    fixes: new Map(
      results.map((result, index) => [survey.nodes[index]?.node.name ?? '', result.fixes]),
    ),
  };
}
