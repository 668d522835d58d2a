import { VerificationError } from '../domain/errors.js';
import type { Evidence, NodeEvidence, PeerRecord } from '../domain/evidence.js';
import type { Intent } from '../domain/intent.js';
import type { InventoryNode } from '../domain/inventory.js';
import { reason, REASON_CODES, type Reason } from '../domain/reason.js';
import type { Report, Waiver } from '../domain/report.js';
import { BUNDLE_SCHEMA } from './contents.js';
import { checkIntegrity, openArchive } from './verify-bundle.js';

/** What a bundle says, for judging again. Its signature was not checked. */
export type OpenedBundle = {
  readonly report: Report;
  readonly intent: Intent;
  readonly demo: boolean;
  readonly nodes: readonly { readonly node: InventoryNode; readonly evidence: NodeEvidence }[];
  readonly waivers: readonly Waiver[];
};

const bad = (why: string): VerificationError =>
  new VerificationError(
    `The bundle cannot be read: ${why}.`,
    'It may come from another version; ask the sender for its report.',
  );

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown, what: string): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad(`${what} is malformed`);
  return value as Fields;
};

const text = (value: unknown, what: string): string => {
  if (typeof value !== 'string') throw bad(`${what} is malformed`);
  return value;
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
  const node = fields(session['node'], 'a node');
  const unreached = reasonFrom(session['unreached']);
  const peer = session['peer'];
  return {
    node: {
      ...(node as Omit<InventoryNode, 'name' | 'host' | 'roles'>),
      name: text(node['name'], 'a node name'),
      host: text(node['host'], 'a host'),
      roles: Array.isArray(node['roles']) ? (node['roles'] as InventoryNode['roles']) : [],
    },
    evidence: {
      node: text(node['name'], 'a node name'),
      startedAt: moment(session['startedAt']) ?? 0,
      finishedAt: moment(session['finishedAt']) ?? 0,
      evidence: readEvidence(files, folder),
      ...(peer === null || peer === undefined
        ? {}
        : { peer: fields(peer, 'a session') as unknown as PeerRecord }),
      ...(unreached === undefined ? {} : { unreached }),
    },
  };
}

/** Opens a bundle whose files all match its manifest. Rejects with VerificationError. The caller validates the intent again. */
export async function readBundle(packed: Buffer): Promise<OpenedBundle> {
  const { files } = await openArchive(packed);
  checkIntegrity(files);
  const described = fields(json(files, 'bundle.json'), 'bundle.json');
  if (described['schema'] !== BUNDLE_SCHEMA) throw bad(`its schema is not ${BUNDLE_SCHEMA}`);
  const list = described['nodes'];
  if (!Array.isArray(list)) throw bad('bundle.json is malformed');
  const report = json(files, 'report.json') as Report;
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
