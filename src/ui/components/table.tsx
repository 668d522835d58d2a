import { Box } from 'ink';
import { cell, count, type Tone } from '../text.js';
import { useTheme } from '../theme.js';
import { windowOf } from './list-cursor.js';
import { Words } from './words.js';

/** One cell: words and how they are meant. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

export type Column = {
  readonly title: string;
  /** Columns of the terminal; the last column of a table takes what is left. */
  readonly width: number;
};

type TableProps<T> = {
  readonly columns: readonly Column[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** Called for the rows that are seen, and for no other. */
  readonly cells: (row: T) => readonly Cell[];
  /** The row with the pointer; -1 for none. */
  readonly cursor: number;
  readonly width: number;
  /** Rows of the terminal, title and closing line included. */
  readonly height: number;
  /** Said in place of an empty table. */
  readonly empty: string;
};

const cellText = (value: Cell | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : value.text;
const cellTone = (value: Cell | undefined): Tone =>
  value === undefined || typeof value === 'string' ? 'plain' : value.tone;

const GAP = 2;

/** The widths of the columns, the last one stretched to the table's width. */
function widths(columns: readonly Column[], width: number): readonly number[] {
  const fixed = columns.slice(0, -1).reduce((sum, column) => sum + column.width + GAP, GAP);
  return columns.map((column, index) =>
    index < columns.length - 1 ? column.width : Math.max(1, width - fixed),
  );
}

type RowProps = {
  readonly cells: readonly Cell[];
  readonly sizes: readonly number[];
  readonly isFocused: boolean;
};

function TableRow({ cells, sizes, isFocused }: RowProps) {
  const theme = useTheme();
  return (
    <Box flexShrink={0} aria-role="listitem" aria-state={{ selected: isFocused }}>
      {theme.screenReader ? null : (
        <Words bold={isFocused} tone="accent">
          {isFocused ? `${theme.pointer} ` : '  '}
        </Words>
      )}
      {sizes.map((size, index) => {
        const last = index === sizes.length - 1;
        const text = cellText(cells[index]);
        const shown = theme.screenReader ? text : cell(text, size, theme.ellipsis);
        return (
          <Words key={index} tone={cellTone(cells[index])} bold={isFocused}>
            {last || theme.screenReader ? shown.trimEnd() : shown + ' '.repeat(GAP)}
          </Words>
        );
      })}
    </Box>
  );
}

/** Rows under titles; only the rows around the cursor are made, however many there are. */
export function Table<T>(props: TableProps<T>) {
  const { columns, rows, cursor, width, height } = props;
  if (rows.length === 0)
    return (
      <Words tone="dim" width={width}>
        {props.empty}
      </Words>
    );
  const fits = rows.length <= height - 1;
  const view = windowOf(Math.max(0, cursor), rows.length, fits ? rows.length : height - 2);
  const sizes = widths(columns, width);
  const titles = columns.map((column) => ({ text: column.title, tone: 'dim' as const }));
  return (
    <Box flexDirection="column" flexShrink={0} aria-role="list">
      <TableRow cells={titles} sizes={sizes} isFocused={false} />
      {rows.slice(view.from, view.to).map((row, index) => (
        <TableRow
          key={props.keyOf(row)}
          cells={props.cells(row)}
          sizes={sizes}
          isFocused={view.from + index === cursor}
        />
      ))}
      {fits ? null : (
        <Words tone="dim" width={width}>
          {`  ${String(view.from + 1)} to ${String(view.to)} of ${count(rows.length, 'line')}`}
        </Words>
      )}
    </Box>
  );
}
