import type { Catalogue } from '../domain/check.js';
import type { Evidence, NodeEvidence } from '../domain/evidence.js';
import type { InventoryNode } from '../domain/inventory.js';
import type { Report } from '../domain/report.js';
import type { AnyProbe } from '../domain/probe.js';
import { answersOf } from '../engine/answers.js';
import { renderHtml } from '../report/html.js';
import { renderJunit } from '../report/junit.js';
import { renderMarkdown } from '../report/markdown.js';
import { canonicalJson } from './canonical-json.js';
import { sha256 } from './manifest.js';
import { readmeVerify } from './readme-verify.js';
import type { TarFile } from './tar.js';

export const BUNDLE_SCHEMA = 'calico-ready/bundle/v1';
const PREDICATE = 'https://calico-ready.invalid/readiness/v1';

/** One change that the tool made on a node during this run. */
export type ChangeRecord = {
  readonly node: string;
  readonly check: string;
  readonly way: string;
  readonly changeId: string;
  readonly outcome: string;
  readonly consent: string;
};

/** Everything that goes into a bundle. */
export type BundleInput = {
  readonly report: Report;
  readonly nodes: readonly { readonly node: InventoryNode; readonly evidence: NodeEvidence }[];
  readonly catalogue: Catalogue;
  readonly probes: readonly AnyProbe[];
  /** The survey script that ran. */
  readonly collector: string;
  readonly changes: readonly ChangeRecord[];
  /** Who made it, as claimed. */
  readonly operator: string;
};

/** Names inside a bundle are ours; the node's own name is data. */
export const slugOf = (index: number): string => `n${String(index + 1).padStart(4, '0')}`;

/** `calico-ready-20261122T031500Z-1a2b3c4d` */
export function rootOf(report: Report): string {
  const time = new Date(report.run.finishedAt).toISOString().replace(/[-:]|\.\d{3}/g, '');
  return `calico-ready-${time}-${report.run.id
    .replace(/[^0-9a-f]/g, '')
    .slice(0, 8)
    .padEnd(8, '0')}`;
}

/** The files of a bundle below its root, without manifest and signature. The same input gives the same bytes. */
export function bundleFiles(input: BundleInput): readonly TarFile[] {
  const text = (path: string, content: string): TarFile => ({ path, bytes: Buffer.from(content) });
  const nodes = input.nodes.flatMap((item, index) =>
    nodeFiles(input, item, `nodes/${slugOf(index)}`),
  );
  const catalogue = text('catalogue/checks.json', canonicalJson(catalogueText(input.catalogue)));
  const described = text('bundle.json', canonicalJson(describe(input, sha256(catalogue.bytes))));
  const subjects = [
    described,
    catalogue,
    ...nodes.filter(({ path }) => path.endsWith('/facts.json')),
  ];
  return [
    described,
    catalogue,
    ...nodes,
    text('catalogue/collector.sh', input.collector),
    text('report.json', canonicalJson(input.report)),
    text('report.html', renderHtml(input.report)),
    text('report.md', renderMarkdown(input.report)),
    text('junit.xml', renderJunit(input.report)),
    text('statement.intoto.json', canonicalJson(statement(input.report, subjects))),
    text('README-VERIFY.txt', readmeVerify(rootOf(input.report))),
  ];
}

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

function describe(input: BundleInput, catalogueDigest: string): unknown {
  const { report } = input;
  return {
    schema: BUNDLE_SCHEMA,
    tool: report.tool,
    catalogue: { ...report.catalogue, sha256: catalogueDigest },
    collector: { sha256: sha256(input.collector) },
    run: report.run,
    demo: report.demo ?? false,
    operator: input.operator,
    intent: report.intent,
    profile: 'evidence',
    nodes: input.nodes.map(({ node, evidence }, index) => ({
      slug: slugOf(index),
      node,
      reached: evidence.unreached === undefined,
    })),
    changes: input.changes,
    completeness: {
      expected: input.nodes.length,
      seen: input.nodes.filter(({ evidence }) => evidence.unreached === undefined).length,
      missing: input.nodes
        .filter(({ evidence }) => evidence.unreached !== undefined)
        .map(({ node }) => node.name),
    },
  };
}

/** The requirements that judged, in words, so that a reader needs no copy of this version. */
const catalogueText = (catalogue: Catalogue): unknown => ({
  version: catalogue.version,
  checks: catalogue.checks.map(({ id, title, why, sources, severity, scope, waivable }) => ({
    id,
    title,
    why,
    sources,
    severity,
    scope,
    waivable,
  })),
});

function statement(report: Report, subjects: readonly TarFile[]): unknown {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: PREDICATE,
    predicate: {
      readiness: report.readiness,
      summary: report.summary,
      run: report.run,
      tool: report.tool,
    },
    subject: subjects.map(({ path, bytes }) => ({ name: path, digest: { sha256: sha256(bytes) } })),
  };
}

function nodeFiles(
  input: BundleInput,
  item: BundleInput['nodes'][number],
  folder: string,
): readonly TarFile[] {
  const { node, evidence } = item;
  const outputs = evidence.evidence.flatMap((one) => outputFiles(one, folder));
  const session = {
    node,
    peer: evidence.peer ?? null,
    unreached: evidence.unreached ?? null,
    startedAt: isoTime(evidence.startedAt),
    finishedAt: isoTime(evidence.finishedAt),
    noise: {
      bytes: evidence.noise?.length ?? 0,
      sha256: sha256(evidence.noise ?? new Uint8Array()),
    },
  };
  const transcript = evidence.evidence
    .map((one) => `${JSON.stringify(transcriptOf(input.probes, one))}\n`)
    .join('');
  const answers = [...answersOf(input.probes, evidence)].map(([probe, answer]) => ({
    probe,
    ...answer,
  }));
  return [
    { path: `${folder}/session.json`, bytes: Buffer.from(canonicalJson(session)) },
    { path: `${folder}/transcript.ndjson`, bytes: Buffer.from(transcript) },
    { path: `${folder}/facts.json`, bytes: Buffer.from(canonicalJson(answers)) },
    ...outputs,
  ];
}

const outputFiles = (one: Evidence, folder: string): readonly TarFile[] => [
  { path: `${folder}/stdout/${one.probe}.txt`, bytes: one.stdout },
  ...(one.stderr.length > 0
    ? [{ path: `${folder}/stderr/${one.probe}.txt`, bytes: one.stderr }]
    : []),
];

/** One line of transcript.ndjson. */
export type TranscriptLine = {
  readonly probe: string;
  readonly command: string;
  readonly script: { readonly sha256: string };
  readonly exit: number | null;
  readonly durationMs: number | null;
  readonly receivedAt: string | null;
  readonly problem: string | null;
  readonly stdout: { readonly bytes: number; readonly sha256: string };
  readonly stderr: { readonly bytes: number; readonly sha256: string };
};

function transcriptOf(probes: readonly AnyProbe[], one: Evidence): TranscriptLine {
  const script = probes.find(({ id }) => id === one.probe)?.script ?? '';
  const digest = (bytes: Uint8Array) => ({ bytes: bytes.length, sha256: sha256(bytes) });
  return {
    probe: one.probe,
    command: one.command,
    script: { sha256: sha256(script) },
    exit: one.exit,
    durationMs: one.durationMs === null ? null : Math.round(one.durationMs),
    receivedAt: one.receivedAt === null ? null : isoTime(one.receivedAt),
    problem: one.problem ?? null,
    stdout: digest(one.stdout),
    stderr: digest(one.stderr),
  };
}
