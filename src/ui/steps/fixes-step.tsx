import { Box } from 'ink';
import { useMemo, useState } from 'react';
import {
  canPick,
  canUndo,
  isByHand,
  otherWays,
  pickedFixes,
  sameFix,
} from '../../session/selectors/fixes.js';
import type { FixItem } from '../../session/state.js';
import { useArea } from '../components/area.js';
import { ConfirmByTyping } from '../components/confirm-by-typing.js';
import { Question } from '../components/question.js';
import { ScrollView } from '../components/scroll-view.js';
import { FIXES_PLACE, useKeyedCursor } from '../components/list-cursor.js';
import { Table, type Column } from '../components/table.js';
import { Lines, Words } from '../components/words.js';
import { useCommands, type CommandMap } from '../keys.js';
import { useActions, useSession, useSessionStore } from '../session-context.js';
import { count, wrapLines } from '../text.js';
import { useTheme } from '../theme.js';
import {
  applyLines,
  consentLines,
  fixLines,
  phaseCell,
  previewLines,
  undoLines,
} from './fix-words.js';

type Mode = 'list' | 'preview' | 'consent' | 'apply' | 'undo';
type Covering = { readonly mode: Mode; readonly asked: readonly FixItem[] };
const DETAIL_ROWS = 3;

/** The change under the pointer, in full. */
function Preview({
  item,
  onMark,
  onBack,
}: {
  item: FixItem;
  onMark: () => void;
  onBack: () => void;
}) {
  const { previewFix } = useActions();
  const lines = useMemo(() => previewLines(item, previewFix(item)), [item, previewFix]);
  return (
    <ScrollView
      lines={lines}
      isActive
      commands={{
        'item.mark': canPick(item)
          ? { run: onMark, label: item.picked ? 'unmark' : 'mark' }
          : undefined,
        'go.back': onBack,
        'nav.close': { run: onBack, label: '' },
      }}
    />
  );
}

type ListProps = {
  readonly items: readonly FixItem[];
  readonly cursor: number;
};

function FixTable({ items, cursor }: ListProps) {
  const { width, height } = useArea();
  const theme = useTheme();
  const item = items[cursor];
  const longest = items.reduce((most, one) => Math.max(most, one.node.length), 6);
  const columns: readonly Column[] = [
    { title: '', width: 3 },
    { title: 'State', width: 9 },
    { title: 'Node', width: Math.min(longest, 16) },
    { title: 'Kind', width: 10 },
    { title: 'Check', width: 20 },
  ];
  const detail = item === undefined ? [] : wrapLines(fixLines(item), width).slice(0, DETAIL_ROWS);
  return (
    <>
      <Table
        columns={columns}
        rows={items}
        keyOf={(one) => one.key}
        cells={(one) => [
          one.picked ? theme.ticked : canPick(one) ? theme.unticked : '',
          phaseCell(one),
          one.node,
          { text: one.fix.kind, tone: one.fix.kind === 'safe' ? 'plain' : 'warn' },
          `${one.check} (${one.fix.way})`,
        ]}
        cursor={cursor}
        width={width}
        height={height - 1 - DETAIL_ROWS}
        empty="No fix is offered. What is still open has to be mended by hand, or waived."
      />
      <Lines lines={detail} width={width} />
    </>
  );
}

type CoverProps = {
  readonly mode: Exclude<Mode, 'list'>;
  readonly item: FixItem;
  /** What is agreed to by typing: the fix under the pointer, on this node or on several. */
  readonly asked: readonly FixItem[];
  readonly onMark: () => void;
  readonly onClose: () => void;
};

/** What lies over the list: the whole change, the word to type, or the last question. */
function Cover({ mode, item, asked, onMark, onClose }: CoverProps) {
  const { width, height } = useArea();
  const actions = useActions();
  const store = useSessionStore();
  const [question] = useState(() => {
    if (mode === 'undo') return undoLines(item);
    const state = store.getState();
    return mode === 'consent'
      ? consentLines(asked, otherWays(state.fixes, asked))
      : applyLines(pickedFixes(state).ready);
  });
  if (mode === 'preview') return <Preview item={item} onMark={onMark} onBack={onClose} />;
  if (mode === 'apply' || mode === 'undo')
    return (
      <Question
        lines={question}
        yes={mode === 'apply' ? 'apply now' : 'undo now'}
        onYes={() => {
          onClose();
          void (mode === 'apply' ? actions.applyFixes() : actions.undoFix(item.key));
        }}
        no="change nothing"
        onNo={onClose}
      />
    );
  return (
    <ConfirmByTyping
      question={question}
      word={item.fix.consentWord ?? ''}
      onTyped={(typed) => {
        const agreed = asked.filter((one) => actions.consentFix(one.key, typed));
        for (const one of agreed) actions.pickFix(one.key, true);
        if (agreed.length > 0) onClose();
        return agreed.length > 0;
      }}
      onCancel={onClose}
      isActive
      width={width}
      height={height}
    />
  );
}

const needsWord = (item: FixItem): boolean => item.fix.kind === 'disruptive' && !item.consented;

/** Marks a fix, or the same one on every node; one that disturbs asks for its word first. */
function useMarking(items: readonly FixItem[], item: FixItem | undefined, ask: Ask) {
  const actions = useActions();
  const toggle = (some: readonly FixItem[]) => (): void => {
    const off = some.filter((one) => !one.picked);
    const toAsk = off.filter(needsWord);
    if (off.length === 0) for (const one of some) actions.pickFix(one.key, false);
    else {
      for (const one of off) if (!needsWord(one)) actions.pickFix(one.key, true);
      if (toAsk.length > 0) ask('consent', toAsk);
    }
  };
  const same = item === undefined ? [] : sameFix(items, item);
  return { mark: toggle(item === undefined ? [] : [item]), same, markSame: toggle(same) };
}

type Ask = (mode: Mode, asked?: readonly FixItem[]) => void;

/** Short, because the footer has little room. */
const allOf = (same: readonly FixItem[]): string =>
  `${same.every((one) => one.picked) ? 'none' : 'all'} of ${String(same.length)}`;

/** What the keys do to the fix under the pointer. */
function useFixCommands(items: readonly FixItem[], item: FixItem | undefined, show: Ask) {
  const actions = useActions();
  const store = useSessionStore();
  const busy = useSession((state) => state.busy !== null);
  const marked = useSession((state) => state.fixes.filter((one) => one.picked).length);
  const { mark, same, markSame } = useMarking(items, item, show);
  const apply = (): void => {
    if (pickedFixes(store.getState()).ready.length > 0) show('apply');
    // The session says what is missing.
    else void actions.applyFixes();
  };
  const common: CommandMap = {
    'fixes.apply':
      busy || marked === 0 ? undefined : { run: apply, label: `apply ${String(marked)} marked` },
  };
  if (item === undefined) return { mark, marked, commands: common };
  const pickable = !busy && canPick(item);
  const undo = (): void => {
    show('undo');
  };
  const commands: CommandMap = {
    'item.mark': pickable ? { run: mark, label: item.picked ? 'unmark' : 'mark' } : undefined,
    ...common,
    'fixes.same': pickable && same.length > 1 ? { run: markSame, label: allOf(same) } : undefined,
    'fixes.preview': () => {
      show('preview');
    },
    'fixes.undo': !busy && canUndo(item) ? undo : undefined,
  };
  return { mark, marked, commands };
}

function headline(items: readonly FixItem[], marked: number): string {
  const byHand = items.filter(isByHand).length;
  const verified = items.filter(({ phase }) => phase === 'verified').length;
  const done = verified === 0 ? '' : `, ${String(verified)} verified`;
  const rest = byHand === 0 ? '' : `; ${String(byHand)} more to be done by hand`;
  return `${count(items.length - byHand, 'fix', 'fixes')} offered, ${String(marked)} marked${done}${rest}`;
}

/** Marks fixes, shows what each changes, applies them, and undoes them. */
export function FixesStep() {
  const { width, height } = useArea();
  const actions = useActions();
  const items = useSession((state) => state.fixes);
  const list = useKeyedCursor(items, (one) => one.key, height - DETAIL_ROWS - 3, FIXES_PLACE);
  const [{ mode, asked }, setCover] = useState<Covering>({ mode: 'list', asked: [] });
  const show = (next: Mode, some: readonly FixItem[] = []): void => {
    setCover({ mode: next, asked: some });
  };
  const item = items[list.cursor];
  const { mark, marked, commands } = useFixCommands(items, item, show);
  useCommands(
    {
      'go.on': { run: actions.next, label: 'to the sign-off' },
      ...commands,
      ...list.commands,
    },
    { isActive: mode === 'list' },
  );
  if (mode !== 'list' && item !== undefined)
    return (
      <Cover
        mode={mode}
        item={item}
        asked={asked}
        onMark={mark}
        onClose={() => {
          show('list');
        }}
      />
    );
  return (
    <Box flexDirection="column">
      <Words bold width={width}>
        {headline(items, marked)}
      </Words>
      <FixTable items={items} cursor={list.cursor} />
    </Box>
  );
}
