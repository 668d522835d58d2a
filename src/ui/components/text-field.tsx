import { Box } from 'ink';
import { useState } from 'react';
import { useTextCommands, type CommandMap } from '../keys.js';
import { LAYER, type Layer } from '../key-registry.js';
import { useTheme } from '../theme.js';
import { aroundCursor, edit, type EditAction } from './text-edit.js';
import { Words } from './words.js';

type TextFieldProps = {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isActive: boolean;
  /** Columns. */
  readonly width: number;
  readonly placeholder?: string;
  /** Never draws what is typed, nor how much. */
  readonly secret?: boolean;
  readonly layer?: Layer;
  /** More keys that work while the field has them, such as Enter. */
  readonly commands?: CommandMap;
  /** Takes a paste of several lines instead of the field. */
  readonly onPasteLines?: (text: string) => void;
};

type PictureProps = Pick<TextFieldProps, 'value' | 'width' | 'placeholder' | 'secret'> & {
  readonly cursor: number;
};

/** A field as it looks when nobody types in it, or when a screen reader says it. */
function StillPicture({ value, width, placeholder, secret }: Omit<PictureProps, 'cursor'>) {
  if (secret === true)
    return (
      <Words tone="dim" width={width}>
        {value === '' ? '(nothing typed yet)' : '(typed, not shown)'}
      </Words>
    );
  return (
    <Words tone={value === '' ? 'dim' : 'plain'} width={width}>
      {value === '' ? (placeholder ?? '(empty)') : value}
    </Words>
  );
}

/** The part of the text around the cursor, and a block where the next character goes. */
function TypingPicture({ value, width, placeholder, cursor }: PictureProps) {
  if (value === '' && placeholder !== undefined)
    return (
      <Box flexShrink={0}>
        <Words inverse>{placeholder.slice(0, 1)}</Words>
        <Words tone="dim" width={width - 1}>
          {placeholder.slice(1)}
        </Words>
      </Box>
    );
  const characters = Array.from(value);
  const { from, to } = aroundCursor(characters, cursor, Math.max(4, width));
  const before = characters.slice(from, cursor).join('');
  const after = characters.slice(cursor + 1, to).join('');
  return (
    <Box flexShrink={0}>
      {before === '' ? null : <Words>{before}</Words>}
      <Words inverse>{characters[cursor] ?? ' '}</Words>
      {after === '' ? null : <Words>{after}</Words>}
    </Box>
  );
}

/** One line of text under the parent's control. `?` in an empty field still opens the help. */
export function TextField(props: TextFieldProps) {
  const { value, onChange, isActive } = props;
  const theme = useTheme();
  const [place, setPlace] = useState<number>(Number.MAX_SAFE_INTEGER);
  const cursor = Math.min(place, Array.from(value).length);
  const apply = (action: EditAction): void => {
    const next = edit({ text: value, cursor }, action);
    setPlace(next.cursor);
    if (next.text !== value) onChange(next.text);
  };
  const doing = (kind: Exclude<EditAction['kind'], 'insert'>) => () => {
    apply({ kind });
  };
  const onText = (text: string, pasted: boolean): boolean => {
    if (value === '' && text === '?' && !pasted && props.secret !== true) return false;
    if (pasted && props.onPasteLines !== undefined && /[\r\n]\s*\S/.test(text))
      props.onPasteLines(text);
    else apply({ kind: 'insert', text });
    return true;
  };
  useTextCommands(
    {
      'edit.left': doing('left'),
      'edit.right': doing('right'),
      'edit.first': doing('first'),
      'edit.last': doing('last'),
      'edit.erase': doing('erase'),
      'edit.clear': doing('clear'),
      ...props.commands,
    },
    onText,
    {
      isActive,
      layer: props.layer ?? LAYER.field,
      takesAll: value !== '' || props.secret === true,
    },
  );
  const still = !isActive || props.secret === true || theme.screenReader;
  const Picture = still ? StillPicture : TypingPicture;
  return (
    <Picture
      value={value}
      width={props.width}
      cursor={cursor}
      placeholder={props.placeholder}
      secret={props.secret}
    />
  );
}
