import { STATUS } from '../../domain/status.js';
import type { FindingsGrid, GridRow } from '../../session/selectors/findings.js';
import { nameList } from '../text.js';

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

/** `A node1, node2   B node3`: what the letters over the columns stand for. */
export function legend(grid: FindingsGrid): string {
  const shown = grid.groups.slice(0, MAX_GROUPS).map((group, index) => {
    const names = nameList(
      group.nodes.map((node) => node.name),
      3,
    );
    return `${groupLetter(index)} ${names}${group.reached ? '' : ' (not reached)'}`;
  });
  const more = grid.groups.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${String(more)} more groups`] : [])].join('   ');
}
