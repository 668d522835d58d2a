import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { catalogue } from '../../checks/index.js';
import type { NodeEvidence } from '../../src/domain/evidence.js';
import { allProbes } from '../../src/engine/plan.js';
import { brokenVariant, readNodes } from './nodes.js';
import { compare, rowsOf, type Compared, type Row } from './tally.js';
import { readTruths } from './truth.js';

export const RECORDED = fileURLToPath(new URL('../../test/nodes', import.meta.url));

export type Measured = {
  readonly nodes: readonly NodeEvidence[];
  readonly labelled: boolean;
  readonly all: readonly Compared[];
  readonly rows: readonly Row[];
};

/** Judges a folder of recorded nodes against its labels. Throws when a label or an edit is stale. */
export async function measure(dir: string): Promise<Measured> {
  const recorded = await readNodes(dir, allProbes(catalogue));
  const truths = readTruths(dir, readdirSync(dir));
  const broken = truths.flatMap((truth) =>
    truth.name === undefined ? [] : [brokenVariant(truth, recorded)],
  );
  const nodes = [...recorded, ...broken];
  const all = compare(nodes, truths);
  return { nodes, labelled: truths.length > 0, all, rows: rowsOf(all) };
}
