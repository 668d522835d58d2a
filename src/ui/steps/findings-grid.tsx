import { Box } from 'ink';
import { useMemo } from 'react';
import { findingsGrid, type GridRow } from '../../session/selectors/findings.js';
import type { Report } from '../../domain/report.js';
import { STATUS, STATUS_WORD } from '../../domain/status.js';
import { suggestionLine } from '../../domain/suggestion.js';
import { useArea } from '../components/area.js';
import { Table, type Cell, type Column } from '../components/table.js';
import { Lines, Words } from '../components/words.js';
import { useKeyedCursor } from '../components/list-cursor.js';
import { useCommands } from '../keys.js';
import { useActions } from '../session-context.js';
import { count, line, wrapLines } from '../text.js';
import { READINESS_TONE, READINESS_WORD, STATUS_TONE, useTheme, type Theme } from '../theme.js';
import { groupLetter, legendLines, MAX_GROUPS, rowsOf, type Filter } from './findings-state.js';

/** Lines for the names of the groups. */
const LEGEND_ROWS = 2;

type GridProps = {
  readonly report: Report;
  readonly filter: Filter;
  readonly isActive: boolean;
  readonly onFilter: () => void;
  readonly onOpen: (check: string) => void;
  readonly onFix: (check: string) => void;
  readonly onAdopt: () => void;
};

const statusCell = (row: GridRow, theme: Theme): Cell => ({
  text: `${theme.mark[row.worst]} ${STATUS_WORD[row.worst]}`,
  tone: STATUS_TONE[row.worst],
});

function marks(row: GridRow, theme: Theme): string {
  if (row.cluster !== undefined) return 'fleet';
  return row.cells
    .slice(0, MAX_GROUPS)
    .map((status, index) =>
      theme.screenReader ? `${groupLetter(index)} ${STATUS_WORD[status]},` : theme.mark[status],
    )
    .join(' ');
}

function summary(report: Report): string {
  const { summary: counts } = report;
  const said = [
    `${String(counts[STATUS.fail])} failed`,
    `${String(counts[STATUS.unknown])} unknown`,
    count(counts[STATUS.warn], 'warning'),
    ...(counts[STATUS.waived] > 0 ? [`${String(counts[STATUS.waived])} waived`] : []),
    `${String(counts[STATUS.pass])} passed`,
  ];
  return `The fleet is ${READINESS_WORD[report.readiness]}: ${said.join(', ')}.`;
}

/** Checks, the worst first, against groups of nodes that agree in everything. */
export function Grid({ report, filter, isActive, onFilter, onOpen, onFix, onAdopt }: GridProps) {
  const { width, height } = useArea();
  const theme = useTheme();
  const actions = useActions();
  const grid = useMemo(() => findingsGrid(report), [report]);
  const rows = useMemo(() => rowsOf(grid, filter), [grid, filter]);
  const groups = useMemo(
    () => legendLines(grid, width, LEGEND_ROWS, theme.ellipsis),
    [grid, width, theme],
  );
  const suggestion = suggestionLine(report);
  const suggested = useMemo(
    () =>
      suggestion === null ? [] : wrapLines([line(`${suggestion}. i uses it.`)], width).slice(0, 2),
    [suggestion, width],
  );
  // The title of the row with the pointer is written out below the table, with its weight.
  const around = 2 + groups.length + suggested.length;
  const list = useKeyedCursor(rows, (one) => one.check, height - around - 2, 'findings');
  const row = rows[list.cursor];
  const open = (): void => {
    if (row !== undefined) onOpen(row.check);
  };
  useCommands(
    {
      'go.on': { run: actions.next, label: 'to the paths' },
      'nav.open': open,
      'item.mark': { run: open, label: '' },
      'findings.filter': {
        run: () => {
          onFilter();
          list.set(0);
        },
        label: filter === 'all' ? 'problems only' : 'all checks',
      },
      'findings.fix': {
        run: () => {
          onFix(row?.check ?? '');
        },
        label: 'fixes',
      },
      'findings.adopt': suggestion === null ? undefined : onAdopt,
      ...list.commands,
    },
    { isActive },
  );
  const shown = Math.min(MAX_GROUPS, grid.groups.length);
  const letters = Array.from({ length: shown }, (_, index) => groupLetter(index)).join(' ');
  const longest = rows.reduce((most, one) => Math.max(most, one.check.length), 10);
  const columns: readonly Column[] = [
    { title: 'Worst', width: 12 },
    { title: 'Check', width: Math.min(longest, Math.floor(width * 0.38)) },
    { title: letters, width: Math.max(5, letters.length) },
    { title: 'Requirement', width: 10 },
  ];
  return (
    <Box flexDirection="column">
      <Words bold tone={READINESS_TONE[report.readiness]} width={width}>
        {summary(report)}
      </Words>
      <Lines lines={suggested} width={width} />
      <Lines lines={groups.map((text) => line(text, 'dim'))} width={width} />
      <Table
        columns={columns}
        rows={rows}
        keyOf={(one) => one.check}
        cells={(one) => [statusCell(one, theme), one.check, marks(one, theme), one.title]}
        cursor={list.cursor}
        width={width}
        height={height - around}
        empty={
          grid.groups.every((group) => group.reached)
            ? 'No problem was found. f lists all checks.'
            : 'No problem was found on the nodes that were reached. f lists all checks.'
        }
      />
      {row === undefined ? null : (
        <Words tone="dim" width={width}>
          {`${row.title} (${row.severity}${row.severity === 'required' ? '' : ': never blocks'})`}
        </Words>
      )}
    </Box>
  );
}
