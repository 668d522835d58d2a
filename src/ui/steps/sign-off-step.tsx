import { Box } from 'ink';
import { useMemo, useState } from 'react';
import type { Report, Waiver } from '../../domain/report.js';
import { STATUS, STATUS_WORD } from '../../domain/status.js';
import { openProblems, type OpenProblem } from '../../session/selectors/findings.js';
import { signatureSays } from '../../session/selectors/sign-off.js';
import { useArea } from '../components/area.js';
import { useKeyedCursor } from '../components/list-cursor.js';
import { ScrollView } from '../components/scroll-view.js';
import { Table, type Cell, type Column } from '../components/table.js';
import { Lines, Words } from '../components/words.js';
import { useCommands } from '../keys.js';
import { useActions, useCatalogue, useSession, useSessionStore } from '../session-context.js';
import { count, heading, line, nameList, wrapLines, type Line } from '../text.js';
import { READINESS_TONE, READINESS_WORD, STATUS_TONE, useTheme, type Theme } from '../theme.js';
import { WaiverForm } from './waiver-form.js';

type Row =
  | { readonly kind: 'open'; readonly problem: OpenProblem }
  | { readonly kind: 'waiver'; readonly waiver: Waiver };

type Mode = 'list' | 'form' | 'signature';

const DAY_MS = 86_400_000;
/** A waiver is for a while: the form offers this many days from the survey. */
const OFFERED_DAYS = 90;

const rowKey = (row: Row): string =>
  row.kind === 'open'
    ? `open ${row.problem.check} ${row.problem.status} ${String(row.problem.nodes.length)}`
    : `waiver ${row.waiver.check} ${row.waiver.nodes?.join() ?? ''}`;

function rowCells(row: Row, theme: Theme): readonly Cell[] {
  if (row.kind === 'waiver') {
    const { check, nodes, who, until, why } = row.waiver;
    const where = nodes === undefined ? 'every node' : nameList(nodes, 2);
    return [{ text: 'waiver', tone: 'warn' }, check, `${where}, ${who} until ${until}: ${why}`];
  }
  const { status, check, nodes, blocking } = row.problem;
  const where = nodes.length === 0 ? 'the fleet' : nameList(nodes, 3);
  const word = `${theme.mark[status]} ${STATUS_WORD[status]}`;
  return [
    { text: word, tone: STATUS_TONE[status] },
    check,
    `${where}${blocking ? ', blocks' : ''}`,
  ];
}

const lastDay = (report: Report): string =>
  new Date(Date.parse(report.run.finishedAt) + OFFERED_DAYS * DAY_MS).toISOString().slice(0, 10);

/** Takes back this waiver alone: another one may cover other nodes of the same check. */
function takeBack(waiver: Waiver, remove: (check: string, node?: string) => void): void {
  if (waiver.nodes === undefined) remove(waiver.check);
  else for (const node of waiver.nodes) remove(waiver.check, node);
}

function headline(report: Report, problems: readonly OpenProblem[], waivers: number): string {
  const blocking = problems.filter((problem) => problem.blocking).length;
  const open = blocking === 0 ? 'nothing blocks' : `${count(blocking, 'problem')} in the way`;
  return `The fleet is ${READINESS_WORD[report.readiness]}: ${open}, ${count(waivers, 'waiver')}.`;
}

/** What is open, waivers, and what the signature will say. */
export function SignOffStep() {
  const { width, height } = useArea();
  const theme = useTheme();
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
  const rows = useMemo<readonly Row[]>(
    () => [
      ...problems.map((problem) => ({ kind: 'open' as const, problem })),
      ...waivers.map((waiver) => ({ kind: 'waiver' as const, waiver })),
    ],
    [problems, waivers],
  );
  const list = useKeyedCursor(rows, rowKey, height - 6);
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
  const longest = rows.reduce(
    (most, one) => Math.max(most, (one.kind === 'open' ? one.problem : one.waiver).check.length),
    10,
  );
  const columns: readonly Column[] = [
    { title: 'State', width: 12 },
    { title: 'Check', width: Math.min(longest, 30) },
    { title: 'Where', width: 20 },
  ];
  const short = wrapLines(says, width).slice(0, Math.max(0, height - 8));
  const tableRows = Math.max(4, height - 1 - short.length);
  return (
    <Box flexDirection="column">
      <Words bold tone={READINESS_TONE[report.readiness]} width={width}>
        {headline(report, problems, waivers.length)}
      </Words>
      <Table
        columns={columns}
        rows={rows}
        keyOf={rowKey}
        cells={(one) => rowCells(one, theme)}
        cursor={list.cursor}
        width={width}
        height={tableRows}
        empty="Nothing is open and nothing is waived."
      />
      <Lines lines={short} width={width} />
    </Box>
  );
}
