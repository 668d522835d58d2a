import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence, NodeEvidence } from '../../src/domain/evidence.js';
import type { AnyProbe } from '../../src/domain/probe.js';
import type { Reason } from '../../src/domain/reason.js';
import { readRecordedFolder } from '../../src/transport/recorded.js';
import type { Edit, TruthFile } from './truth.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Meta = {
  readonly probes: Readonly<
    Record<
      string,
      {
        readonly command: string;
        readonly exit: number | null;
        readonly stderr?: string;
        readonly problem?: Reason;
      }
    >
  >;
};

/** A recording by the collector: what each probe printed, with its exit status and standard error. */
function readCollected(folder: string, node: string): NodeEvidence {
  const meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as Meta;
  const evidence = Object.entries(meta.probes).map(([probe, said]): Evidence => {
    const file = join(folder, `${probe}.txt`);
    return {
      probe,
      command: said.command,
      stdout: existsSync(file) ? readFileSync(file) : new Uint8Array(),
      stderr: encoder.encode(said.stderr ?? ''),
      exit: said.exit,
      durationMs: null,
      receivedAt: null,
      ...(said.problem === undefined ? {} : { problem: said.problem }),
    };
  });
  return { node, startedAt: 0, finishedAt: 0, evidence };
}

/** Every node of a folder: as the collector recorded it where it did, else as pasted outputs. */
export async function readNodes(
  dir: string,
  probes: readonly AnyProbe[],
): Promise<readonly NodeEvidence[]> {
  const pasted = await readRecordedFolder(dir, probes, () => undefined);
  return pasted
    .map((node) =>
      existsSync(join(dir, node.node, 'meta.json'))
        ? readCollected(join(dir, node.node), node.node)
        : node,
    )
    .filter(({ evidence }) => evidence.length > 0);
}

function edited(old: string, edit: Edit, where: string): string {
  if (edit.text !== undefined) return edit.text;
  const wanted = edit.find ?? edit.without ?? '';
  if (wanted === '' || !old.includes(wanted))
    throw new Error(`${where}: ${edit.probe} does not hold "${wanted}"`);
  if (edit.find !== undefined) return old.replaceAll(edit.find, edit.with ?? '');
  return old
    .split('\n')
    .filter((line) => !line.includes(wanted))
    .join('\n');
}

function apply(evidence: readonly Evidence[], edit: Edit, where: string): readonly Evidence[] {
  const old = evidence.find(({ probe }) => probe === edit.probe);
  const rest = evidence.filter(({ probe }) => probe !== edit.probe);
  if (edit.remove === true) return rest;
  const text = edited(decoder.decode(old?.stdout), edit, where);
  const made: Evidence = {
    probe: edit.probe,
    command: old?.command ?? edit.probe,
    stderr: new Uint8Array(),
    exit: 0,
    durationMs: null,
    receivedAt: null,
    stdout: encoder.encode(text),
  };
  return [...rest, made];
}

/** A recorded node with something broken in what it said. */
export function brokenVariant(truth: TruthFile, nodes: readonly NodeEvidence[]): NodeEvidence {
  const { name = '', base = '', edits = [] } = truth;
  const from = nodes.find(({ node }) => node === base);
  if (from === undefined) throw new Error(`${name}: there is no recording ${base}`);
  const evidence = edits.reduce<readonly Evidence[]>(
    (all, edit) => apply(all, edit, name),
    from.evidence,
  );
  return { ...from, node: name, evidence };
}
