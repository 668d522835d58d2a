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
import { READINESS } from '../domain/status.js';
import { visible, visibleLine } from '../domain/visible.js';
import { answersOf, sharingReader, type AnswerMemory } from './answers.js';
import { findingOf, pointersOf } from './finding.js';
import { factsReader } from './node-facts.js';
import { clusterJudge, type ClusterJudge } from './judge.js';
import { peerFacts } from './peers.js';
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
  readonly judge: ReturnType<typeof sharedJudge>;
  readonly factsOf: ReturnType<typeof factsReader>;
  readonly peers: ReturnType<typeof peerFacts>;
  readonly now: number;
};

function reportNode(
  shared: Shared,
  { node, evidence }: Survey['nodes'][number],
  answers: AnswerSheet,
): NodeResult {
  const { survey, now } = shared;
  const fixes = new Map<string, readonly Fix[]>();
  const hangs: Hangs[] = [];
  const { unreached, nextStep } = evidence;
  const pointers = pointersOf(evidence, survey.sha256);
  const findings = shared.checks.map((planned): Finding => {
    const { check, probes } = planned;
    if (unreached !== undefined) {
      // Nobody can sign for a node that was not seen.
      const finding = findingOf(check, unknown(unreached, nextStep), [], survey.intent);
      return { ...finding, evidence: pointers(probes) };
    }
    const verdict = shared.judge(planned, answers, node);
    hangs.push(verdict);
    const judged = verdict.value;
    if (judged.fixes.length > 0) fixes.set(check.id, judged.fixes);
    const finding = { ...judged.finding, evidence: pointers(probes) };
    return waive(finding, node.name, survey.waivers, check.waivable, now);
  });
  const report = {
    name: visibleLine(node.name, 255),
    host: visibleLine(node.host, 255),
    roles: node.roles,
    reached: unreached === undefined,
    ...(unreached === undefined ? {} : { reason: visible(unreached) }),
    readiness: unreached === undefined ? readinessOf(findings) : READINESS.unknown,
    facts: { ...shared.factsOf(answers), ...shared.peers.get(node.name) },
    findings,
  };
  return { report, fixes, hangs };
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
const withAlternatives = (
  findings: readonly Finding[],
  place: number,
  outlook: Outlook,
): readonly Finding[] =>
  findings.map((finding, check) => {
    const alternatives = outlook.alternatives(place, check);
    return alternatives === undefined ? finding : { ...finding, alternatives };
  });

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
    judge: sharedJudge(survey.intent, keyOf),
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
  const cluster = withAlternatives(judgedCluster, FLEET, outlook);
  const nodes = judgedNodes.map((node, place) => ({
    ...node,
    findings: withAlternatives(node.findings, place, outlook),
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
