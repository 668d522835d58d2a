import { InputError } from '../../domain/errors.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { visibleLine } from '../../domain/visible.js';
import { parseAnsibleIni } from './inventory-ini.js';
import { parseYamlInventory } from './inventory-yaml.js';
import { parseNodeArgument } from './node-argument.js';
import type { Place, Placed } from './placed.js';
import { readText } from './read-text.js';

/** More nodes than anyone audits at once; a bound against a wrong file. */
const MOST_NODES = 5000;

/** Reads any of the inventory formats. Throws InputError with line and column. */
export function parseInventory(text: string, name: string): readonly InventoryNode[] {
  const placed = formatOf(text, name)(text, name);
  if (placed.length === 0) {
    throw new InputError(
      `${visibleLine(name)} names no node.`,
      'Write one host a line, or `nodes:` in YAML.',
    );
  }
  if (placed.length > MOST_NODES) {
    throw new InputError(
      `${visibleLine(name)} names ${String(placed.length)} nodes.`,
      `Split it: at most ${String(MOST_NODES)} at once.`,
    );
  }
  refuseTwins(placed);
  return placed.map(({ node }) => node);
}

export const readInventory = async (path: string): Promise<readonly InventoryNode[]> =>
  parseInventory(await readText(path, 'inventory'), path);

function formatOf(text: string, name: string): (text: string, name: string) => readonly Placed[] {
  if (/\.ya?ml$/i.test(name) || /^(?:---|nodes:|all:)/m.test(text)) return parseYamlInventory;
  return /^\s*\[[^\]]*\]\s*(?:[#;].*)?$/m.test(text) || /\sansible_\w+\s*=/.test(text)
    ? parseAnsibleIni
    : parseLines;
}

function parseLines(text: string, name: string): readonly Placed[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const host = line.replace(/#.*$/, '').trim();
    if (host === '') return [];
    const place = (): string =>
      `${visibleLine(name)}:${String(index + 1)}:${String(line.indexOf(host.slice(0, 1)) + 1)}`;
    return [{ node: parseNodeArgument(host, place), place }];
  });
}

/** One name for two nodes would mix up their evidence; one machine twice would audit itself against itself. */
function refuseTwins(placed: readonly Placed[]): void {
  const seen = new Map<string, Place>();
  for (const { node, place } of placed) {
    const login = `${node.host.toLowerCase()}:${String(node.port ?? '')} by ${(node.jump ?? []).join(',')}`;
    for (const key of [`the name ${node.name}`, `the address ${login}`]) {
      const before = seen.get(key);
      if (before !== undefined) {
        throw new InputError(
          `${place()}: "${visibleLine(node.name, 60)}" is in the inventory twice, first at ${before()}.`,
          'Remove one of the two lines.',
        );
      }
      seen.set(key, place);
    }
  }
}
