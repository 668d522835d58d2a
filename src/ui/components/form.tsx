import { Box } from 'ink';
import { useState } from 'react';
import { useCommands, type CommandMap } from '../keys.js';
import { LAYER } from '../key-registry.js';
import { cell, fit, line, wrap } from '../text.js';
import { useTheme } from '../theme.js';
import { useListCursor, windowOf } from './list-cursor.js';
import { TextField } from './text-field.js';
import { Lines, Words } from './words.js';

type Common = { readonly id: string; readonly label: string; readonly help?: string };

/** A row of a form: one of a set of values, or text that is handed over when the row is left or Enter pressed. */
export type FormField =
  | (Common & {
      readonly kind: 'choice';
      readonly value: string;
      readonly choices: readonly string[];
      readonly onChoose: (value: string) => void;
    })
  | (Common & {
      readonly kind: 'text';
      readonly value: string;
      readonly placeholder?: string;
      /** A sentence when the text cannot be taken; the draft stays for correction. */
      readonly onCommit: (text: string) => string | undefined;
      /** Takes a paste of several lines at once. */
      readonly onPasteLines?: (text: string) => void;
    });

type FormProps = {
  readonly fields: readonly FormField[];
  readonly isActive: boolean;
  readonly width: number;
  /** Rows of the terminal. */
  readonly height: number;
  /** Enter when nothing is half typed. */
  readonly onEnter?: { readonly run: () => void; readonly label: string };
  /** Down on the last row. */
  readonly onLeaveDown?: () => void;
  readonly labelWidth?: number;
  /** Where the pointer stands at first; at the top unless told. */
  readonly first?: number;
};

/** A form narrower than this gives its note two rows. */
const NARROW = 60;

/** What the row with the pointer is for, in so many rows; where it is longer, that shows. */
function noteLines(note: string, width: number, rows: number, ellipsis: string): readonly string[] {
  const lines = wrap(note, width);
  const last = lines[rows - 1] ?? '';
  return lines.length > rows
    ? [
        ...lines.slice(0, rows - 1),
        `${fit(last, width - ellipsis.length - 1, '').replace(/ \S*$/, '')} ${ellipsis}`,
      ]
    : lines;
}

/** While a text is changed, how to be rid of it is worth more than what it is for. */
const helpOf = (field: FormField | undefined, typing: boolean): string =>
  typing ? 'Ctrl-U clears it, Esc brings back what it was.' : (field?.help ?? '');

type Draft = { readonly id: string; readonly text: string; readonly error?: string };

/** The next value of a choice, around the end. */
function turn(field: Extract<FormField, { kind: 'choice' }>, by: 1 | -1): string {
  const at = field.choices.indexOf(field.value);
  const next = (at + by + field.choices.length) % field.choices.length;
  return field.choices[next] ?? field.value;
}

function useForm({ fields, isActive, height, onEnter, onLeaveDown, first }: FormProps) {
  const list = useListCursor(fields.length, height, first);
  const [draft, setDraft] = useState<Draft | null>(null);
  const field = fields[list.cursor];
  const pending = draft !== null && draft.id === field?.id ? draft : null;

  /** False when the text was refused. */
  const commit = (): boolean => {
    if (pending === null || field?.kind !== 'text') return true;
    const error = pending.text === field.value ? undefined : field.onCommit(pending.text);
    setDraft(error === undefined ? null : { ...pending, error });
    return error === undefined;
  };
  const move = (delta: number) => () => {
    if (!commit()) return;
    const next = list.cursor + delta;
    if (next >= fields.length) onLeaveDown?.();
    else list.set(Math.max(0, next));
  };
  const choose = (by: 1 | -1) =>
    field?.kind === 'choice'
      ? () => {
          field.onChoose(turn(field, by));
        }
      : undefined;
  const spaceBar = choose(1);
  const enter = (): void => {
    if (pending === null) onEnter?.run();
    else move(1)();
  };
  const commands: CommandMap = {
    'go.on':
      pending === null
        ? onEnter === undefined
          ? undefined
          : { run: enter, label: onEnter.label }
        : { run: enter, label: 'take it' },
    'go.back':
      pending === null
        ? undefined
        : {
            run: () => {
              setDraft(null);
            },
            label: 'undo typing',
          },
    'nav.up': move(-1),
    'nav.down': move(1),
    'item.previous': choose(-1),
    'item.next': choose(1),
    'item.mark': spaceBar === undefined ? undefined : { run: spaceBar, label: '' },
  };
  useCommands(commands, { isActive, layer: LAYER.field });
  return { cursor: list.cursor, field, pending, setDraft };
}

/** Fields one below the other: Up and Down move, Left, Right and Space change a choice, typing edits a text. */
export function Form(props: FormProps) {
  const { fields, isActive, width, height, labelWidth = 16 } = props;
  const theme = useTheme();
  const { cursor, field, pending, setDraft } = useForm(props);
  const noteRows = width < NARROW && height > 6 ? 2 : 1;
  const rows = Math.max(1, height - noteRows);
  const view = windowOf(cursor, fields.length, rows);
  const room = width - labelWidth - 4;
  const place = fields.length > rows ? `(${String(cursor + 1)} of ${String(fields.length)}) ` : '';
  const note = isActive ? (pending?.error ?? helpOf(field, pending !== null)) : '';
  return (
    <Box flexDirection="column" width={width} flexShrink={0}>
      {fields.slice(view.from, view.to).map((item, index) => {
        const focused = isActive && view.from + index === cursor;
        return (
          <Box key={item.id} flexShrink={0} aria-role="listitem" aria-state={{ selected: focused }}>
            <Words bold={focused} tone="accent">
              {focused && !theme.screenReader ? theme.pointer : ' '}
            </Words>
            <Words bold={focused}>{` ${cell(item.label, labelWidth, theme.ellipsis)} `}</Words>
            {item.kind === 'choice' ? (
              <Words bold={focused} width={room}>
                {focused && !theme.ascii ? `‹ ${item.value} ›` : item.value}
              </Words>
            ) : (
              <TextField
                value={focused && pending !== null ? pending.text : item.value}
                onChange={(text) => {
                  setDraft({ id: item.id, text });
                }}
                isActive={focused}
                width={room}
                placeholder={item.placeholder}
                onPasteLines={item.onPasteLines}
              />
            )}
          </Box>
        );
      })}
      <Lines
        lines={noteLines(`${place}${note}`, width, noteRows, theme.ellipsis).map((text) =>
          line(text, pending?.error === undefined ? 'dim' : 'bad'),
        )}
        width={width}
      />
    </Box>
  );
}
