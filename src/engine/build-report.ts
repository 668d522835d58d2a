import type { AnswerSheet } from '../domain/answer.js';
import { unknown, type AnyClusterCheck, type Catalogue } from '../domain/check.js';
import type { NodeEvidence } from '../domain/evidence.js';
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
import type { Reason } from '../domain/reason.js';
import { READINESS } from '../domain/status.js';
import { visible, visibleLine } from '../domain/visible.js';
import { answersOf, sharingReader, type AnswerMemory } from './answers.js';
import { findingOf } from './finding.js';
import { factsReader } from './node-facts.js';
import { rowsOf, type NodeRow } from './node-rows.js';
import { clusterJudge, type ClusterJudge } from './judge.js';
import { peerFacts } from './peers.js';
import { pointersOf, pointing } from './pointers.js';
import { allProbes } from './plan.js';
import { countStatuses, fleetReadiness, readinessOf } from './readiness.js';
import { answerKeys, planChecks, sharedJudge, type PlannedCheck } from './shared-judgement.js';
import { FLEET } from './views.js';
import { waive } from './waive.js';
import { whatWouldPass, type Hangs, type Outlook } from './what-would-pass.js';

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
  /** Handed in again by whoever judges the same evidence more than once; it changes the time alone. */
  readonly memory?: AnswerMemory;
};

/** A report, and beside it the fixes in full, which the report only summarises. */
export type Judgement = {
  readonly report: Report;
  /** By node name, then check id. */
  readonly fixes: ReadonlyMap<string, ReadonlyMap<string, readonly Fix[]>>;
};

type NodeResult = {
  readonly report: NodeReport;
  readonly fixes: ReadonlyMap<string, readonly Fix[]>;
  readonly hangs: readonly Hangs[];
};

/** What is the same for every node of a survey. */
type Shared = {
  readonly survey: Survey;
  readonly checks: readonly PlannedCheck[];
  readonly rowOf: ReturnType<typeof rowsOf>;
  readonly factsOf: ReturnType<typeof factsReader>;
  readonly peers: ReturnType<typeof peerFacts>;
  readonly now: number;
};

/** Nobody can sign for a node that was not seen. */
const unseenFindings = (
  { survey, checks }: Shared,
  { unreached, nextStep, evidence }: NodeEvidence & { readonly unreached: Reason },
): readonly Finding[] => {
  const pointed = pointing(checks, survey.sha256)(evidence, null);
  return checks.map(({ check }, at) => ({
    ...findingOf(check, unknown(unreached, nextStep), [], survey.intent),
    evidence: pointersOf(pointed, at),
  }));
};

function waived(
  { survey, checks, now }: Shared,
  node: InventoryNode,
  findings: readonly Finding[],
): readonly Finding[] {
  if (survey.waivers.length === 0) return findings;
  return findings.map((finding, at) =>
    waive(finding, node.name, survey.waivers, checks[at]?.check.waivable ?? false, now),
  );
}

const fixesOf = (
  checks: readonly PlannedCheck[],
  { verdicts }: NodeRow,
): ReadonlyMap<string, readonly Fix[]> =>
  new Map(
    verdicts.flatMap(({ value: { fixes } }, at) =>
      fixes.length === 0 ? [] : [[checks[at]?.check.id ?? '', fixes]],
    ),
  );

function reportNode(
  shared: Shared,
  { node, evidence }: Survey['nodes'][number],
  answers: AnswerSheet,
): NodeResult {
  const said = {
    name: visibleLine(node.name, 255),
    host: visibleLine(node.host, 255),
    roles: node.roles,
  };
  const facts = { ...shared.factsOf(answers), ...shared.peers.get(node.name) };
  const { unreached } = evidence;
  if (unreached !== undefined) {
    const report = {
      ...said,
      reached: false,
      reason: visible(unreached),
      readiness: READINESS.unknown,
      facts,
      findings: unseenFindings(shared, { ...evidence, unreached }),
    };
    return { report, fixes: new Map(), hangs: [] };
  }
  const row = shared.rowOf(node, evidence.evidence, answers);
  const findings = waived(shared, node, row.findings);
  const report = { ...said, reached: true, readiness: readinessOf(findings), facts, findings };
  return { report, fixes: fixesOf(shared.checks, row), hangs: row.verdicts };
}

const reportCluster = (
  { intent, waivers }: Survey,
  checks: readonly AnyClusterCheck[],
  judge: ClusterJudge,
  now: number,
): readonly Finding[] =>
  checks.map((check) => {
    const finding = findingOf(check, judge(check, intent), [], intent);
    return waive(finding, null, waivers, check.waivable, now);
  });

/** In place of what a check says of alternatives in general: those that would pass here. */
function givesAlternatives(
  outlook: Outlook,
): (findings: readonly Finding[], place: number) => readonly Finding[] {
  // Findings that nodes share stay shared.
  const made = new Map<Finding, Finding>();
  const give = (finding: Finding, alternatives: readonly string[]): Finding => {
    const last = made.get(finding);
    if (last !== undefined && sameWords(last.alternatives, alternatives)) return last;
    const given = { ...finding, alternatives };
    made.set(finding, given);
    return given;
  };
  return (findings, place) =>
    findings.map((finding, check) => {
      const alternatives = outlook.alternatives(place, check);
      return alternatives === undefined ? finding : give(finding, alternatives);
    });
}

const sameWords = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((word, at) => word === others[at]);

/** Judges a whole survey. Pure: no clock but `run.finishedAt`, no order but the inventory's and the catalogue's. */
export function buildReport(survey: Survey): Judgement {
  const probes = allProbes(survey.catalogue);
  const now = Date.parse(survey.run.finishedAt);
  const read = sharingReader(survey.memory);
  const fleet = survey.nodes.map(({ node, evidence }) => ({
    node,
    answers: answersOf(probes, evidence, read),
  }));
  const checks = planChecks(survey.catalogue);
  const clusterChecks = survey.catalogue.checks.filter(
    (check): check is AnyClusterCheck => check.scope === 'cluster',
  );
  const judgeCluster = clusterJudge(fleet);
  const keyOf = answerKeys();
  const shared: Shared = {
    survey,
    checks,
    rowOf: rowsOf(checks, sharedJudge(survey.intent, keyOf), survey.sha256),
    factsOf: factsReader(probes),
    peers: peerFacts(survey.nodes.map(({ evidence }) => evidence)),
    now,
  };
  const results = survey.nodes.map((item, index) =>
    reportNode(shared, item, fleet[index]?.answers ?? new Map()),
  );
  const judgedCluster = reportCluster(survey, clusterChecks, judgeCluster, now);
  const judgedNodes = results.map((result) => result.report);
  const outlook = whatWouldPass({
    intent: survey.intent,
    checks,
    cluster: clusterChecks,
    fleet,
    judgeCluster,
    keyOf,
    hangs: results.map((result) => result.hangs),
    nodes: judgedNodes,
    clusterFindings: judgedCluster,
    paths: survey.paths,
  });
  const withAlternatives = givesAlternatives(outlook);
  const cluster = withAlternatives(judgedCluster, FLEET);
  const nodes = judgedNodes.map((node, place) => ({
    ...node,
    findings: withAlternatives(node.findings, place),
  }));
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
    ...(outlook.suggestion === undefined ? {} : { suggestion: outlook.suggestion }),
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
