import { InputError } from '../../domain/errors.js';
import { DEFAULT_INTENT, type Intent } from '../../domain/intent.js';
import type { InventoryNode } from '../../domain/inventory.js';
import type { Waiver } from '../../domain/report.js';
import { visibleLine } from '../../domain/visible.js';
import { readInventory } from '../files/inventory-file.js';
import { parseNodeArgument } from '../files/node-argument.js';
import type { CommonOptions } from '../options.js';
import { addRules, currentCatalogue } from './catalogue.js';
import type { Recorded } from './recorded-inputs.js';
import { THIS_MACHINE } from '../../session/this-machine.js';

export type Inputs = {
  readonly intent: Intent;
  readonly waivers: readonly Waiver[];
  readonly nodes: readonly InventoryNode[];
  /** Set with `--from`: nobody is asked. */
  readonly recorded?: Recorded;
  readonly demo?: boolean;
};

type SourceOptions = Pick<
  CommonOptions,
  'inventory' | 'intent' | 'from' | 'local' | 'waivers' | 'rules'
>;

/** The place of a node that is no line of a file. */
const asArgument = (): string => 'node';

/** The nodes that the arguments name: of the inventory, or as typed. Rejects with InputError. */
export async function chooseNodes(
  names: readonly string[],
  options: SourceOptions,
): Promise<readonly InventoryNode[]> {
  const local = options.local === true ? [THIS_MACHINE] : [];
  if (options.inventory === undefined) {
    return uniquely([...names.map((name) => parseNodeArgument(name, asArgument)), ...local]);
  }
  const inventory = await readInventory(options.inventory);
  if (names.length === 0) return [...inventory, ...local];
  const byName = new Map(inventory.map((node) => [node.name, node]));
  return uniquely([
    ...names.map((name) => byName.get(name) ?? parseNodeArgument(name, asArgument)),
    ...local,
  ]);
}

function uniquely(nodes: readonly InventoryNode[]): readonly InventoryNode[] {
  const seen = new Set<string>();
  for (const { name } of nodes) {
    if (seen.has(name))
      throw new InputError(
        `The node ${visibleLine(name, 80)} is named twice.`,
        'Name each node once.',
      );
    seen.add(name);
  }
  return nodes;
}

// What reads these files is loaded when one is named: most audits name none, and would pay for its start.
async function intentOf(path: string): Promise<Intent> {
  const { readIntent } = await import('../files/intent-file.js');
  return readIntent(path);
}

async function waiversOf(path: string): Promise<readonly Waiver[]> {
  const { readWaivers } = await import('../files/waivers-file.js');
  return readWaivers(path, currentCatalogue());
}

/** Everything a survey or a judgement starts from. Rejects with InputError before any node is asked. */
export async function readInputs(
  names: readonly string[],
  options: SourceOptions,
): Promise<Inputs> {
  if (options.from !== undefined && options.local === true) {
    throw new InputError('--from and --local exclude each other.', 'Choose one of them.');
  }
  if (options.from !== undefined && options.inventory !== undefined) {
    throw new InputError(
      '--from and --inventory exclude each other: recorded evidence brings its own nodes.',
      'Choose one of them.',
    );
  }
  await addRules(options.rules);
  const intent = options.intent === undefined ? undefined : await intentOf(options.intent);
  const waivers = options.waivers === undefined ? [] : await waiversOf(options.waivers);
  if (options.from !== undefined) {
    const { fromRecorded } = await import('./recorded-inputs.js');
    return fromRecorded(options.from, names, intent, waivers);
  }
  const nodes = await chooseNodes(names, options);
  if (nodes.length === 0) {
    throw new InputError(
      'No node is named.',
      'Name nodes, or --inventory FILE, --local, or --from PATH.',
    );
  }
  return { intent: intent ?? DEFAULT_INTENT, waivers, nodes };
}
