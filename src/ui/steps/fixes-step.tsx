import { Box } from 'ink';
import { useMemo, useState } from 'react';
import { canPick, canUndo, isByHand, pickedFixes } from '../../session/selectors/fixes.js';
import type { FixItem } from '../../session/state.js';
import { useArea } from '../components/area.js';
import { ConfirmByTyping } from '../components/confirm-by-typing.js';
import { ScrollView } from '../components/scroll-view.js';
import { useKeyedCursor } from '../components/list-cursor.js';
import { Table, type Column } from '../components/table.js';
import { Lines, Words } from '../components/words.js';
import { useCommands, type CommandMap } from '../keys.js';
import { LAYER } from '../key-registry.js';
import { useActions, useSession, useSessionStore } from '../session-context.js';
import { count, wrap, wrapLines } from '../text.js';
import { useTheme } from '../theme.js';
import { applyQuestion, consentQuestion, fixLines, phaseCell, previewLines } from './fix-words.js';

type Mode = 'list' | 'preview' | 'consent' | 'apply';
const DETAIL_ROWS = 3;

/** Asks once more before nodes are changed. */
function ConfirmApply({
  items,
  onYes,
  onNo,
}: {
  items: readonly FixItem[];
  onYes: () => void;
  onNo: () => void;
}) {
  const { width } = useArea();
  useCommands(
    {
      'go.on': { run: onYes, label: 'apply now' },
      'go.back': { run: onNo, label: 'change nothing' },
    },
    { layer: LAYER.modal },
  );
  return (
    <Box flexDirection="column">
      {wrap(applyQuestion(items), width).map((text, index) => (
        <Words key={index} bold>
          {text}
        </Words>
      ))}
      <Words> </Words>
      <Words width={width}>Enter applies now. Esc changes nothing.</Words>
    </Box>
  );
}

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
          isByHand(one) ? '' : one.picked ? theme.ticked : theme.unticked,
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
  readonly onMark: () => void;
  readonly onClose: () => void;
};

/** What lies over the list: the whole change, the word to type, or the last question. */
function Cover({ mode, item, onMark, onClose }: CoverProps) {
  const { width } = useArea();
  const actions = useActions();
  const store = useSessionStore();
  if (mode === 'preview') return <Preview item={item} onMark={onMark} onBack={onClose} />;
  if (mode === 'apply')
    return (
      <ConfirmApply
        items={pickedFixes(store.getState()).ready}
        onYes={() => {
          onClose();
          void actions.applyFixes();
        }}
        onNo={onClose}
      />
    );
  return (
    <ConfirmByTyping
      question={consentQuestion(item)}
      word={item.fix.consentWord ?? ''}
      onTyped={(typed) => {
        if (!actions.consentFix(item.key, typed)) return false;
        actions.pickFix(item.key, true);
        onClose();
        return true;
      }}
      onCancel={onClose}
      isActive
      width={width}
    />
  );
}

/** What the keys do to the fix under the pointer. */
function useFixCommands(item: FixItem | undefined, show: (mode: Mode) => void) {
  const actions = useActions();
  const store = useSessionStore();
  const busy = useSession((state) => state.busy !== null);
  const marked = useSession((state) => state.fixes.filter((one) => one.picked).length);
  const mark = (): void => {
    if (item === undefined) return;
    if (!item.picked && item.fix.kind === 'disruptive' && !item.consented) show('consent');
    else actions.pickFix(item.key, !item.picked);
  };
  const apply = (): void => {
    if (pickedFixes(store.getState()).ready.length > 0) show('apply');
    // The session says what is missing.
    else void actions.applyFixes();
  };
  const idle = busy ? undefined : item;
  const common: CommandMap = {
    'fixes.apply':
      busy || marked === 0 ? undefined : { run: apply, label: `apply ${String(marked)} marked` },
  };
  if (item === undefined) return { mark, marked, commands: common };
  const preview = (): void => {
    show('preview');
  };
  const commands: CommandMap = {
    'item.mark':
      idle !== undefined && canPick(idle)
        ? { run: mark, label: item.picked ? 'unmark' : 'mark' }
        : undefined,
    ...common,
    'fixes.preview': preview,
    'fixes.undo':
      idle !== undefined && canUndo(idle)
        ? () => {
            void actions.undoFix(idle.key);
          }
        : undefined,
  };
  return { mark, marked, commands };
}

function headline(items: readonly FixItem[], marked: number): string {
  const byHand = items.filter(isByHand).length;
  const rest = byHand === 0 ? '' : `; ${String(byHand)} more to be done by hand`;
  return `${count(items.length - byHand, 'fix', 'fixes')} offered, ${String(marked)} marked${rest}`;
}

/** Marks fixes, shows what each changes, applies them, and undoes them. */
export function FixesStep() {
  const { width, height } = useArea();
  const actions = useActions();
  const items = useSession((state) => state.fixes);
  const list = useKeyedCursor(items, (one) => one.key, height - DETAIL_ROWS - 3);
  const [mode, setMode] = useState<Mode>('list');
  const item = items[list.cursor];
  const { mark, marked, commands } = useFixCommands(item, setMode);
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
        onMark={mark}
        onClose={() => {
          setMode('list');
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
