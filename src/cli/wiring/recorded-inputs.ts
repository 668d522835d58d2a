import { basename, extname } from 'node:path';
import { stat } from 'node:fs/promises';
import { allProbes } from '../../engine/plan.js';
import { readBundle } from '../../bundle/read-bundle.js';
import { isCollectorOutput, readCollectorOutput } from '../../collect/collector-output.js';
import { InputError, VerificationError } from '../../domain/errors.js';
import type { NodeEvidence } from '../../domain/evidence.js';
import { DEFAULT_INTENT, type Intent } from '../../domain/intent.js';
import type { InventoryNode } from '../../domain/inventory.js';
import type { Waiver } from '../../domain/report.js';
import { visibleLine } from '../../domain/visible.js';
import { readRecordedFolder } from '../../transport/recorded.js';
import { packingOf, readSosArchive, type Packing } from '../../transport/sos-archive.js';
import { validateIntent } from '../files/intent-file.js';
import { reportFrom } from '../files/report-file.js';
import { readBytes } from '../files/read-text.js';
import { note } from '../io.js';
import { currentCatalogue, noteMissingRules, ofSameRules } from './catalogue.js';

/** The largest packed file that is read. */
const MOST_PACKED = 1024 * 1024 * 1024;

export type Recorded = readonly { readonly node: InventoryNode; readonly evidence: NodeEvidence }[];

/** What `--from` brings. */
export type RecordedInputs = {
  readonly intent: Intent;
  readonly waivers: readonly Waiver[];
  readonly nodes: readonly InventoryNode[];
  readonly recorded: Recorded;
  readonly demo?: boolean;
};

/** The evidence at `path`, of these nodes or of all. Rejects with InputError. */
export async function fromRecorded(
  path: string,
  names: readonly string[],
  intent: Intent | undefined,
  waivers: readonly Waiver[],
): Promise<RecordedInputs> {
  const kind = await stat(path).catch(() => null);
  if (kind === null)
    throw new InputError(
      `There is nothing at ${visibleLine(path)}.`,
      'Name a bundle, a sos report, collector output, or a folder.',
    );
  const found = kind.isDirectory() ? await folder(path) : await file(path);
  const chosen = chooseRecorded(path, found.recorded, names);
  const old =
    found.intent === undefined ? DEFAULT_INTENT : validateIntent(found.intent, () => 'bundle.json');
  return {
    intent: intent ?? old,
    waivers: waivers.length > 0 ? waivers : found.waivers,
    nodes: chosen.map(({ node }) => node),
    recorded: chosen,
    ...(found.demo ? { demo: true } : {}),
  };
}

/** The nodes of these names, each of them there: a node that is left out must not make the others look like all. */
function chooseRecorded(path: string, recorded: Recorded, names: readonly string[]): Recorded {
  const there = new Set(recorded.map(({ node }) => node.name));
  const stranger = names.find((name) => !there.has(name));
  if (stranger !== undefined || recorded.length === 0)
    throw new InputError(
      `${visibleLine(path)} holds no ${stranger === undefined ? 'node' : `node ${visibleLine(stranger, 80)}`}.`,
      'Name nodes that are in it, or none for all.',
    );
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new InputError(
      `The node ${visibleLine(twice, 80)} is named twice.`,
      'Name each node once.',
    );
  return names.length === 0 ? recorded : recorded.filter(({ node }) => names.includes(node.name));
}

type Found = {
  readonly recorded: Recorded;
  readonly intent?: Intent;
  readonly waivers: readonly Waiver[];
  readonly demo: boolean;
};

const plainNode = (name: string): InventoryNode => ({ name, host: name, roles: [] });

async function folder(path: string): Promise<Found> {
  const probes = allProbes(currentCatalogue());
  const warn = (warning: string): void => {
    note(`note: ${warning}`);
  };
  const evidence = await readRecordedFolder(path, probes, warn, (bytes) =>
    isCollectorOutput(bytes) ? readCollectorOutput(bytes, probes).evidence : null,
  );
  return recordedOnly(evidence);
}

async function file(path: string): Promise<Found> {
  const bytes = await readBytes(path, 'recorded evidence', MOST_PACKED);
  const packing = packingOf(bytes.subarray(0, 512));
  if (packing === 'gzip') return bundleOrSos(path, bytes);
  if (packing !== null) {
    const found = await sosArchive(path, packing);
    if (found !== null) return found;
  }
  if (!isCollectorOutput(bytes)) {
    throw new InputError(
      `${visibleLine(path)} is neither a bundle, a sos report nor collector output.`,
      'Name a bundle, a sos report, what `calico-ready collector | sh` printed, or a folder.',
    );
  }
  const name = basename(path, extname(path));
  const { evidence } = readCollectorOutput(bytes, allProbes(currentCatalogue()));
  const peer = { transport: 'recorded', host: name } as const;
  return recordedOnly([{ node: name, startedAt: 0, finishedAt: 0, peer, evidence }]);
}

const recordedOnly = (evidence: readonly NodeEvidence[]): Found => ({
  recorded: evidence.map((one) => ({ node: plainNode(one.node), evidence: one })),
  waivers: [],
  demo: false,
});

/** Both are tar in gzip; a bundle tells by its manifest, so what is none may be a report. */
async function bundleOrSos(path: string, bytes: Buffer): Promise<Found> {
  try {
    const { nodes, intent, waivers, demo, report } = await readBundle(bytes, reportFrom);
    note('note: the signature of this bundle was not checked; calico-ready verify does that.');
    noteMissingRules(report);
    const recorded = nodes.map(({ node, evidence }) => ({ node, evidence: ofSameRules(evidence) }));
    return { recorded, intent, waivers, demo };
  } catch (error) {
    const found = error instanceof VerificationError ? await sosArchive(path, 'gzip') : null;
    if (found === null) throw error;
    return found;
  }
}

async function sosArchive(path: string, packing: Packing): Promise<Found | null> {
  const tell = (warning: string): void => {
    note(`note: ${warning}`);
  };
  const evidence = await readSosArchive(path, packing, allProbes(currentCatalogue()), tell);
  return evidence === null ? null : recordedOnly([evidence]);
}
