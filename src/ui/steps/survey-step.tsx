import { Box } from 'ink';
import { useMemo } from 'react';
import { lookup } from '../../session/records.js';
import { surveyCounts } from '../../session/selectors/progress.js';
import type { NodeProgress } from '../../session/state.js';
import { useArea } from '../components/area.js';
import { useKeyedCursor, useLongest } from '../components/list-cursor.js';
import { Table, type Cell, type Column } from '../components/table.js';
import { Lines, Words } from '../components/words.js';
import { useCommands } from '../keys.js';
import { useActions, useSession, useSessionStore } from '../session-context.js';
import { count, line, wrapLines, type Line } from '../text.js';
import { useTheme, type Theme } from '../theme.js';

const BAR = 20;

function bar(done: number, total: number, theme: Theme): string {
  const filled = total <= 0 ? 0 : Math.min(BAR, Math.round((done / total) * BAR));
  const [full, empty] = theme.ascii ? ['#', '.'] : ['█', '░'];
  const drawn = theme.screenReader ? '' : `${full.repeat(filled)}${empty.repeat(BAR - filled)} `;
  return `${drawn}${String(done)} of ${String(total)}`;
}

/** State and detail of one node. */
function progressCells(progress: NodeProgress, busy: boolean, theme: Theme): readonly Cell[] {
  switch (progress.phase) {
    case 'waiting':
      return [{ text: busy ? 'waiting' : 'not asked', tone: 'dim' }, ''];
    case 'connecting':
      return [{ text: 'connecting', tone: 'accent' }, ''];
    case 'asking':
      return [{ text: 'asking', tone: 'accent' }, bar(progress.done, progress.total, theme)];
    case 'asked':
      return [{ text: 'answered', tone: 'good' }, `in ${progress.seconds.toFixed(1)} s`];
    case 'unreached':
      return [{ text: 'not reached', tone: 'bad' }, progress.reason];
  }
}

/** Counted once for every change of the progress, not for every key. */
function useSummary(): string {
  const store = useSessionStore();
  const nodes = useSession((state) => state.nodes);
  const progress = useSession((state) => state.progress);
  const busy = useSession((state) => state.busy !== null);
  return useMemo(() => {
    const counts = surveyCounts({ ...store.getState(), nodes, progress });
    const parts = [
      [counts.asked, 'answered'],
      [counts.asking, 'being asked'],
      [counts.connecting, 'connecting'],
      [counts.waiting, busy ? 'waiting' : 'not asked'],
      [counts.unreached, 'not reached'],
    ] as const;
    const said = parts.filter(([n]) => n > 0).map(([n, word]) => `${String(n)} ${word}`);
    return [count(nodes.length, 'node'), ...said].join(', ');
  }, [store, nodes, progress, busy]);
}

/** The nodes of which nothing is known: never asked, or not reached. */
function useMissing(): readonly string[] {
  const nodes = useSession((state) => state.nodes);
  const evidence = useSession((state) => state.evidence);
  return useMemo(() => {
    const known = new Set(
      evidence.filter((item) => item.unreached === undefined).map((item) => item.node),
    );
    return nodes.map(({ name }) => name).filter((name) => !known.has(name));
  }, [nodes, evidence]);
}

/** Why the node under the pointer was not reached, and what to do about it. */
function useDetail(node: string | undefined, progress: NodeProgress | null): readonly Line[] {
  const nextStep = useSession(
    (state) => state.evidence.find((item) => item.node === node)?.nextStep,
  );
  if (progress?.phase !== 'unreached') return [];
  return [
    line(progress.reason, 'bad'),
    ...(nextStep === undefined ? [] : [line(`Next step: ${nextStep}`)]),
  ];
}

/** Rows for why a node was not reached and what to do. */
const detailRows = (height: number): number => (height < 14 ? 3 : 4);

/** Asks every node, and shows how far each one is. */
export function SurveyStep() {
  const { width, height } = useArea();
  const theme = useTheme();
  const actions = useActions();
  const nodes = useSession((state) => state.nodes);
  const progress = useSession((state) => state.progress);
  const busy = useSession((state) => state.busy !== null);
  const surveyed = useSession((state) => state.report !== null);
  const missing = useMissing();
  const list = useKeyedCursor(nodes, (one) => one.name, height - detailRows(height) - 2, 'survey');
  const progressOf = (name: string): NodeProgress => lookup(progress, name) ?? { phase: 'waiting' };
  const start = (): void => {
    void actions.runSurvey();
  };
  const goOn = { run: actions.next, label: 'to the findings' };
  useCommands({
    'go.on': busy ? undefined : surveyed ? goOn : { run: start, label: 'start the survey' },
    'work.start': busy ? undefined : { run: start, label: surveyed ? 'ask again' : 'start' },
    // All of them are what `s` asks.
    'survey.missing':
      busy || missing.length === 0 || missing.length === nodes.length
        ? undefined
        : {
            run: () => {
              void actions.runSurvey(missing);
            },
            label: `ask ${String(missing.length)} missing`,
          },
    'work.stop': busy ? actions.cancel : undefined,
    ...list.commands,
  });
  const longest = useLongest(nodes);
  const columns: readonly Column[] = [
    { title: 'Node', width: Math.min(longest, 20) },
    { title: 'State', width: 11 },
    { title: 'Progress', width: 20 },
  ];
  const here = nodes[list.cursor];
  const at = here === undefined ? null : progressOf(here.name);
  const detail = useDetail(here?.name, at);
  return (
    <Box flexDirection="column">
      <Words bold width={width}>
        {useSummary()}
      </Words>
      <Table
        columns={columns}
        rows={nodes}
        keyOf={(node) => node.name}
        cells={(node) => [node.name, ...progressCells(progressOf(node.name), busy, theme)]}
        cursor={list.cursor}
        width={width}
        height={height - 1 - detailRows(height)}
        empty="No node is listed."
      />
      <Lines lines={wrapLines(detail, width).slice(0, detailRows(height))} width={width} />
    </Box>
  );
}
