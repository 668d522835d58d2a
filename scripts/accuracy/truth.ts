import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { STATUS } from '../../src/domain/status.js';
import { INTENT_NAMES, type IntentName } from './intents.js';

const status = z.enum([
  STATUS.pass,
  STATUS.warn,
  STATUS.fail,
  STATUS.unknown,
  STATUS.notApplicable,
]);
const label = z.strictObject({
  /** For every intent that is not named. */
  every: status.optional(),
  ...(Object.fromEntries(INTENT_NAMES.map((name) => [name, status.optional()])) as Record<
    IntentName,
    z.ZodOptional<typeof status>
  >),
  why: z.string().min(8),
});
/** One edit of what a probe printed. A text that an edit looks for and does not find is an error. */
const edit = z.strictObject({
  probe: z.string(),
  find: z.string().optional(),
  with: z.string().optional(),
  /** Drops the lines that hold this. */
  without: z.string().optional(),
  /** The whole text. */
  text: z.string().optional(),
  remove: z.literal(true).optional(),
});
const truth = z.strictObject({
  says: z.string(),
  nodes: z.array(z.string()).optional(),
  /** A variant made of a recording by edits: its name, and whose evidence it begins with. */
  name: z
    .string()
    .regex(/-broken-/)
    .optional(),
  base: z.string().optional(),
  edits: z.array(edit).optional(),
  checks: z.record(z.string().regex(/^[a-z-]+\/[a-z0-9-]+$/), label),
});

export type TruthFile = z.infer<typeof truth>;
export type Label = z.infer<typeof label>;
export type Edit = z.infer<typeof edit>;

function readTruth(path: string): TruthFile {
  const read = truth.safeParse(parse(readFileSync(path, 'utf8')));
  if (!read.success) throw new Error(`${path}: ${z.prettifyError(read.error)}`);
  return read.data;
}

/** The labels of a folder of recordings: a truth.yaml in a node's folder, and DIR-truth beside the folder. */
export function readTruths(dir: string, nodes: readonly string[]): readonly TruthFile[] {
  const own = nodes
    .map((node) => ({ node, path: join(dir, node, 'truth.yaml') }))
    .filter(({ path }) => existsSync(path))
    .map(({ node, path }) => ({ ...readTruth(path), nodes: [node] }));
  const beside = `${dir.replace(/\/+$/, '')}-truth`;
  const files = existsSync(beside) ? readdirSync(beside).sort() : [];
  return [
    ...own,
    ...files.filter((file) => file.endsWith('.yaml')).map((file) => readTruth(join(beside, file))),
  ];
}

/** What a label expects under an intent; undefined where it says nothing of it. */
export const expected = (given: Label, intent: IntentName): Label['every'] =>
  given[intent] ?? given.every;
