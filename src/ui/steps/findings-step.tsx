import { Box } from 'ink';
import { useMemo } from 'react';
import type { Report } from '../../domain/report.js';
import { useArea } from '../components/area.js';
import { FIXES_PLACE, type Place } from '../components/list-cursor.js';
import { ScrollView } from '../components/scroll-view.js';
import { SelectList } from '../components/select-list.js';
import { Words } from '../components/words.js';
import { LAYER } from '../key-registry.js';
import { useKept, useKeptMap } from '../kept.js';
import type { CommandMap } from '../keys.js';
import { useActions, useCatalogue, useSession, useSessionStore } from '../session-context.js';
import { count, fit, line } from '../text.js';
import { useTheme } from '../theme.js';
import { AdoptIntent } from './adopt-intent.js';
import { evidenceOf, rawLines, type EvidenceEntry } from './evidence-lines.js';
import { findingLines } from './finding-lines.js';
import { Grid } from './findings-grid.js';
import { outOf, type Filter, type FindingsView } from './findings-state.js';

type DepthProps = {
  readonly report: Report;
  readonly view: Exclude<FindingsView, { kind: 'grid' | 'adopt' }>;
  readonly onView: (view: FindingsView) => void;
  readonly onFix: (check: string) => void;
};

/** Room for a node's name before a command; the output itself has it in full. */
const NAME_ROOM = 24;

const NONE = [
  line('No raw output belongs to this finding: it was judged on other answers.', 'dim'),
];

/** One finding, the raw outputs behind it, and one of those. */
function Depth({ report, view, onView, onFix }: DepthProps) {
  const { width, height } = useArea();
  const theme = useTheme();
  const catalogue = useCatalogue();
  const evidence = useSession((state) => state.evidence);
  const { check } = view;
  const detail = useMemo(
    () => findingLines(report, check, catalogue, theme),
    [report, check, catalogue, theme],
  );
  const entries = useMemo<readonly EvidenceEntry[]>(
    () => evidenceOf({ evidence }, report, check),
    [evidence, report, check],
  );
  const entry = view.kind === 'raw' ? entries[view.index] : undefined;
  const raw = useMemo(() => (entry === undefined ? NONE : rawLines(entry)), [entry]);
  const several = entries.length > 1;
  const back = (): void => {
    onView(outOf(view, several) ?? { kind: 'grid' });
  };
  const evidenceView = (): void => {
    onView(several ? { kind: 'list', check } : { kind: 'raw', check, index: 0 });
  };
  const out: CommandMap = { 'go.back': back, 'nav.close': { run: back, label: '' } };
  if (view.kind === 'list')
    return (
      <Box flexDirection="column">
        <Words bold width={width}>
          {`${check} was judged on ${count(entries.length, 'output')}. Enter shows one.`}
        </Words>
        <SelectList
          choices={entries.map(({ node, evidence: one }, index) => ({
            id: String(index),
            text: `${fit(node, NAME_ROOM, theme.ellipsis)}: ${one.command}`,
          }))}
          onChoose={(id) => {
            onView({ kind: 'raw', check, index: Number(id) });
          }}
          onCancel={back}
          isActive
          layer={LAYER.step}
          width={width}
          height={height - 1}
        />
      </Box>
    );
  if (view.kind === 'raw') return <ScrollView key="raw" lines={raw} isActive commands={out} />;
  return (
    <ScrollView
      key="detail"
      lines={detail}
      isActive
      commands={{
        // A finding that was judged on other findings has none.
        'go.on': entries.length === 0 ? undefined : { run: evidenceView, label: 'raw output' },
        'nav.open': entries.length === 0 ? undefined : { run: evidenceView, label: '' },
        'findings.fix': {
          run: () => {
            onFix(check);
          },
          label: 'to the fixes',
        },
        ...out,
      }}
    />
  );
}

/** What was found: the grid, and on Right a finding down to the bytes a node printed. */
export function FindingsStep() {
  const report = useSession((state) => state.report);
  const actions = useActions();
  const store = useSessionStore();
  const kept = useKeptMap();
  const [view, setView] = useKept<FindingsView>('findings.view', () => ({ kind: 'grid' }));
  const [filter, setFilter] = useKept<Filter>('findings.filter', () => 'problems');
  if (report === null) return <Words>Nothing was surveyed yet. Esc goes back to the survey.</Words>;
  const onFix = (check: string): void => {
    const { fixes } = store.getState();
    const index = fixes.findIndex((item) => item.check === check);
    const place: Place = { index, key: fixes[index]?.key ?? null };
    if (index >= 0) kept.set(FIXES_PLACE, place);
    actions.goTo('fixes');
    // The pointer stands on a fix of something else then, which mends nothing of this.
    if (index < 0 && fixes.length > 0) actions.say(`None of these fixes is for ${check}.`);
  };
  const { suggestion } = report;
  const adopting = view.kind === 'adopt' && suggestion !== undefined;
  const onTop = view.kind === 'grid' || (view.kind === 'adopt' && !adopting);
  return (
    <>
      {/* Kept while a finding is open, so that the pointer is where it was on the way back. */}
      <Box display={onTop ? 'flex' : 'none'} flexDirection="column">
        <Grid
          report={report}
          filter={filter}
          isActive={onTop}
          onFilter={() => {
            setFilter(filter === 'all' ? 'problems' : 'all');
          }}
          onOpen={(check) => {
            setView({ kind: 'detail', check });
          }}
          onFix={onFix}
          onAdopt={() => {
            setView({ kind: 'adopt' });
          }}
        />
      </Box>
      {view.kind === 'grid' || view.kind === 'adopt' ? null : (
        <Depth report={report} view={view} onView={setView} onFix={onFix} />
      )}
      {adopting ? (
        <AdoptIntent
          report={report}
          suggestion={suggestion}
          onClose={() => {
            setView({ kind: 'grid' });
          }}
        />
      ) : null}
    </>
  );
}
