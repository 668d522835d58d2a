import { VerificationError } from '../domain/errors.js';
import type { Evidence, NodeEvidence } from '../domain/evidence.js';
import type { Intent } from '../domain/intent.js';
import type { InventoryNode } from '../domain/inventory.js';
import { reason, REASON_CODES, type Reason } from '../domain/reason.js';
import type { Report, Waiver } from '../domain/report.js';
import { BUNDLE_SCHEMA } from './contents.js';
import { bad, fields, nodeFrom, peerFrom, text, type Fields } from './read-fields.js';
import { checkIntegrity, openArchive } from './verify-bundle.js';

/** What a bundle says, for judging again. Its signature was not checked. */
export type OpenedBundle = {
  readonly report: Report;
  readonly intent: Intent;
  readonly demo: boolean;
  readonly nodes: readonly { readonly node: InventoryNode; readonly evidence: NodeEvidence }[];
  readonly waivers: readonly Waiver[];
};

const numberOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

const moment = (value: unknown): number | null => {
  const parsed = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(parsed) ? null : parsed;
};

function json(files: ReadonlyMap<string, Buffer>, path: string): unknown {
  const bytes = files.get(path);
  if (bytes === undefined) throw bad(`${path} is missing`);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw bad(`${path} is not JSON`);
  }
}

/** A reason out of a file: its code must be one of ours. */
function reasonFrom(value: unknown): Reason | undefined {
  if (value === null || value === undefined) return undefined;
  const said = text(value, 'a reason');
  const code = REASON_CODES.find((known) => said.startsWith(`${known}: `));
  return code === undefined
    ? reason('garbled', said.slice(0, 200))
    : reason(code, said.slice(code.length + 2));
}

function readEvidence(files: ReadonlyMap<string, Buffer>, folder: string): readonly Evidence[] {
  const transcript = files.get(`${folder}/transcript.ndjson`)?.toString('utf8') ?? '';
  return transcript
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => evidenceOf(files, folder, parseLine(line, folder)));
}

function parseLine(line: string, folder: string): Fields {
  try {
    return fields(JSON.parse(line), `${folder}/transcript.ndjson`);
  } catch (error) {
    throw error instanceof VerificationError
      ? error
      : bad(`${folder}/transcript.ndjson is not JSON`);
  }
}

function evidenceOf(files: ReadonlyMap<string, Buffer>, folder: string, line: Fields): Evidence {
  const probe = text(line['probe'], 'a probe');
  const problem = reasonFrom(line['problem']);
  return {
    probe,
    command: text(line['command'], 'a command'),
    stdout: files.get(`${folder}/stdout/${probe}.txt`) ?? new Uint8Array(),
    stderr: files.get(`${folder}/stderr/${probe}.txt`) ?? new Uint8Array(),
    exit: numberOrNull(line['exit']),
    durationMs: numberOrNull(line['durationMs']),
    receivedAt: moment(line['receivedAt']),
    ...(problem === undefined ? {} : { problem }),
  };
}

function readNode(files: ReadonlyMap<string, Buffer>, slug: string): OpenedBundle['nodes'][number] {
  const folder = `nodes/${slug}`;
  const session = fields(json(files, `${folder}/session.json`), `${folder}/session.json`);
  const node = nodeFrom(session['node']);
  const unreached = reasonFrom(session['unreached']);
  const peer = peerFrom(session['peer']);
  return {
    node,
    evidence: {
      node: node.name,
      startedAt: moment(session['startedAt']) ?? 0,
      finishedAt: moment(session['finishedAt']) ?? 0,
      evidence: readEvidence(files, folder),
      ...(peer === undefined ? {} : { peer }),
      ...(unreached === undefined ? {} : { unreached }),
    },
  };
}

/**
 * Opens a bundle whose files all match its manifest; `asReport` says whether its report is one, and is what makes it.
 * Rejects with VerificationError. The caller validates the intent again.
 */
export async function readBundle(
  packed: Buffer,
  asReport: (value: unknown) => Report,
): Promise<OpenedBundle> {
  const { files } = await openArchive(packed);
  checkIntegrity(files);
  const described = fields(json(files, 'bundle.json'), 'bundle.json');
  if (described['schema'] !== BUNDLE_SCHEMA) throw bad(`its schema is not ${BUNDLE_SCHEMA}`);
  const list = described['nodes'];
  if (!Array.isArray(list)) throw bad('bundle.json is malformed');
  const report = asReport(json(files, 'report.json'));
  const nodes = list.map((item) => readNode(files, text(fields(item, 'a node')['slug'], 'a slug')));
  const findings = [...report.nodes.flatMap((node) => node.findings), ...report.cluster.findings];
  const waivers = new Map(
    findings.flatMap(({ waiver }) =>
      waiver === undefined ? [] : [[JSON.stringify(waiver), waiver] as const],
    ),
  );
  return {
    report,
    intent: described['intent'] as Intent,
    demo: described['demo'] === true,
    nodes,
    waivers: [...waivers.values()],
  };
}
