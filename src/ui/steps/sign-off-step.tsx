import { Box } from 'ink';
import { useMemo, useState } from 'react';
import type { Report, Waiver } from '../../domain/report.js';
import { STATUS } from '../../domain/status.js';
import { openProblems } from '../../session/selectors/findings.js';
import { signatureSays } from '../../session/selectors/sign-off.js';
import { useArea } from '../components/area.js';
import { useKeyedCursor } from '../components/list-cursor.js';
import { ScrollView } from '../components/scroll-view.js';
import { Table, type Column } from '../components/table.js';
import { Lines, Words } from '../components/words.js';
import { useCommands } from '../keys.js';
import { useActions, useCatalogue, useSession, useSessionStore } from '../session-context.js';
import { heading, line, wrapLines, type Line, type Tone } from '../text.js';
import { READINESS_TONE, useTheme } from '../theme.js';
import {
  checkOf,
  headline,
  rowCells,
  rowDetail,
  rowKey,
  signOffRows,
  type SignOffRow,
} from './sign-off-rows.js';
import { WaiverForm } from './waiver-form.js';

const DETAIL_ROWS = 2;
/** The headline and the lines on the row with the pointer. */
const AROUND = 1 + DETAIL_ROWS;
const LEAST_TABLE = 8;

type Mode = 'list' | 'form' | 'signature';

const DAY_MS = 86_400_000;
/** A waiver is for a while: the form offers this many days from the survey. */
const OFFERED_DAYS = 90;

const lastDay = (report: Report): string =>
  new Date(Date.parse(report.run.finishedAt) + OFFERED_DAYS * DAY_MS).toISOString().slice(0, 10);

/** Takes back this waiver alone: another one may cover other nodes of the same check. */
function takeBack(waiver: Waiver, remove: (check: string, node?: string) => void): void {
  if (waiver.nodes === undefined) remove(waiver.check);
  else for (const node of waiver.nodes) remove(waiver.check, node);
}

/** The table takes what it needs of its share, and all that the signature's words leave. */
function roomOf(height: number, rows: number, says: number) {
  const share = Math.min(rows + 1, LEAST_TABLE);
  const sayRows = Math.max(0, Math.min(says, height - AROUND - share));
  return { sayRows, tableRows: Math.max(4, height - AROUND - sayRows) };
}

type ListProps = {
  readonly title: string;
  readonly tone: Tone;
  readonly rows: readonly SignOffRow[];
  readonly says: readonly Line[];
  readonly cursor: number;
};

/** What is open and waived, what can be done about the line under the pointer, and the start of what is signed. */
function SignOffList({ title, tone, rows, says, cursor }: ListProps) {
  const { width, height } = useArea();
  const theme = useTheme();
  const all = wrapLines(says, width);
  const { sayRows, tableRows } = roomOf(height, rows.length, all.length);
  const row = rows[cursor];
  const longest = rows.reduce((most, one) => Math.max(most, checkOf(one).length), 10);
  const columns: readonly Column[] = [
    { title: 'State', width: 13 },
    { title: 'Blocks', width: 6 },
    { title: 'Check', width: Math.min(longest, Math.floor(width * 0.4)) },
    { title: 'Where', width: 12 },
  ];
  const short =
    all.length > sayRows && sayRows > 1
      ? [...all.slice(0, sayRows - 1), line('Right shows all of it.', 'dim')]
      : all.slice(0, sayRows);
  return (
    <Box flexDirection="column">
      <Words bold tone={tone} width={width}>
        {title}
      </Words>
      <Table
        columns={columns}
        rows={rows}
        keyOf={rowKey}
        cells={(one) => rowCells(one, theme)}
        cursor={cursor}
        width={width}
        height={tableRows}
        empty="Nothing is open and nothing is waived."
      />
      <Lines
        lines={row === undefined ? [] : wrapLines(rowDetail(row), width).slice(0, DETAIL_ROWS)}
        width={width}
      />
      <Lines lines={short} width={width} />
    </Box>
  );
}

/** What is open, waivers, and what the signature will say. */
export function SignOffStep() {
  const actions = useActions();
  const catalogue = useCatalogue();
  const store = useSessionStore();
  const report = useSession((state) => state.report);
  const waivers = useSession((state) => state.waivers);
  const [mode, setMode] = useState<Mode>('list');
  const problems = useMemo(
    () => (report === null ? [] : openProblems(report, catalogue)),
    [report, catalogue],
  );
  const rows = useMemo(
    () => (report === null ? [] : signOffRows(report, problems, waivers)),
    [report, problems, waivers],
  );
  const list = useKeyedCursor(rows, rowKey, LEAST_TABLE - 2, 'sign-off');
  const row = rows[list.cursor];
  const says = useMemo<readonly Line[]>(
    () => [
      heading('What the signature will say'),
      ...(report === null ? [] : signatureSays({ ...store.getState(), report }, catalogue)).map(
        (text) => line(text),
      ),
    ],
    [report, catalogue, store],
  );
  const toList = (): void => {
    setMode('list');
  };
  const canWaive =
    row?.kind === 'open' && row.problem.waivable && row.problem.status !== STATUS.warn;
  useCommands(
    {
      'go.on': { run: actions.next, label: 'to the export' },
      'signoff.waive': canWaive
        ? () => {
            setMode('form');
          }
        : undefined,
      'item.remove':
        row?.kind === 'waiver'
          ? {
              run: () => {
                takeBack(row.waiver, actions.removeWaiver);
              },
              label: 'remove the waiver',
            }
          : undefined,
      'nav.open': {
        run: () => {
          setMode('signature');
        },
        label: 'what is signed',
      },
      ...list.commands,
    },
    { isActive: mode === 'list' },
  );
  if (report === null) return <Words>Nothing was surveyed yet. Esc goes back.</Words>;
  if (mode === 'signature')
    return (
      <ScrollView
        lines={says}
        isActive
        commands={{ 'go.back': toList, 'nav.close': { run: toList, label: '' } }}
      />
    );
  if (mode === 'form' && row?.kind === 'open')
    return (
      <WaiverForm
        problem={row.problem}
        until={lastDay(report)}
        onCancel={toList}
        onSave={(waiver) => {
          actions.addWaiver(waiver);
          // What was refused stays on the screen, to be completed.
          if (store.getState().notice?.level !== 'error') toList();
        }}
      />
    );
  return (
    <SignOffList
      title={headline(report, problems, waivers.length)}
      tone={READINESS_TONE[report.readiness]}
      rows={rows}
      says={says}
      cursor={list.cursor}
    />
  );
}
