import { STATUS } from '../../domain/status.js';
import type { FindingsGrid, GridRow } from '../../session/selectors/findings.js';
import { columnsOf, count, fit, nameList } from '../text.js';

/** How deep the operator looked. */
export type FindingsView =
  | { readonly kind: 'grid' }
  | { readonly kind: 'adopt' }
  | { readonly kind: 'detail'; readonly check: string }
  | { readonly kind: 'list'; readonly check: string }
  | { readonly kind: 'raw'; readonly check: string; readonly index: number };

/** One step out; null at the top. */
export function outOf(view: FindingsView, several: boolean): FindingsView | null {
  switch (view.kind) {
    case 'grid':
      return null;
    case 'adopt':
      return { kind: 'grid' };
    case 'detail':
      return { kind: 'grid' };
    case 'list':
      return { kind: 'detail', check: view.check };
    case 'raw':
      return { kind: several ? 'list' : 'detail', check: view.check };
  }
}

export type Filter = 'problems' | 'all';

const QUIET: readonly GridRow['worst'][] = [STATUS.pass, STATUS.notApplicable];

/** The rows to list: everything, or what is not simply good. */
export const rowsOf = (grid: FindingsGrid, filter: Filter): readonly GridRow[] =>
  filter === 'all' ? grid.rows : grid.rows.filter((row) => !QUIET.includes(row.worst));

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** More groups than this get no column; the detail of a finding names every node. */
export const MAX_GROUPS = 12;

export const groupLetter = (index: number): string => LETTERS[index] ?? '+';

/** Room for a name in the legend; the detail of a finding has it in full. */
const NAME_ROOM = 24;

/** `A node1, node2   B node3`: what the letters over the columns stand for, each with so many names. */
export function legend(grid: FindingsGrid, names = 3, ellipsis = '…'): readonly string[] {
  const shown = grid.groups.slice(0, MAX_GROUPS).map((group, index) => {
    const all = group.nodes.map((node) => fit(node.name, NAME_ROOM, ellipsis));
    const said = names === 0 ? count(all.length, 'node') : nameList(all, names);
    const state = group.reached ? '' : group.asked ? ' (not reached)' : ' (not asked)';
    return `${groupLetter(index)} ${said}${state}`;
  });
  const more = grid.groups.length - shown.length;
  return more > 0 ? [...shown, `and ${count(more, 'more group')}`] : shown;
}

/** Entries side by side, none of them broken over two lines unless it is longer than one. */
function flow(entries: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    const joined = `${last ?? ''}   ${entry}`;
    if (last !== undefined && columnsOf(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(entry);
  }
  return lines;
}

/** The legend with as many names as fit into so many lines; with none, and cut, when even counts are too much. */
export function legendLines(
  grid: FindingsGrid,
  width: number,
  rows: number,
  ellipsis = '…',
): readonly string[] {
  const tries = [3, 2, 1, 0].map((names) => flow(legend(grid, names, ellipsis), width));
  const whole = tries.find((lines) => lines.length <= rows) ?? tries.at(-1) ?? [];
  return whole.slice(0, rows).map((text) => fit(text, width, ellipsis));
}
