import { Box } from 'ink';
import { useCommands } from '../keys.js';
import type { Layer } from '../key-registry.js';
import { useTheme } from '../theme.js';
import { useListCursor, windowOf } from './list-cursor.js';
import { Words } from './words.js';

export type Choice = { readonly id: string; readonly text: string; readonly disabled?: string };

type SelectListProps = {
  readonly choices: readonly Choice[];
  readonly onChoose: (id: string) => void;
  readonly onCancel: () => void;
  readonly isActive: boolean;
  readonly layer: Layer;
  readonly width: number;
  readonly height: number;
  /** Where the pointer stands at first; at the top unless told. */
  readonly first?: number;
};

/** One of a list. A choice that cannot be taken says why. */
export function SelectList(props: SelectListProps) {
  const { choices, width, height, isActive, layer } = props;
  const theme = useTheme();
  const list = useListCursor(choices.length, height, props.first);
  const focused = choices[list.cursor];
  useCommands(
    {
      ...list.commands,
      'go.on': {
        run: () => {
          if (focused !== undefined && focused.disabled === undefined) props.onChoose(focused.id);
        },
        label: 'choose',
      },
      'go.back': { run: props.onCancel, label: 'back' },
    },
    { isActive, layer },
  );
  const view = windowOf(list.cursor, choices.length, height);
  return (
    <Box flexDirection="column" flexShrink={0} aria-role="list">
      {choices.slice(view.from, view.to).map((choice) => {
        const here = choice === focused;
        const why = choice.disabled === undefined ? '' : ` (${choice.disabled})`;
        return (
          <Box key={choice.id} aria-role="listitem" aria-state={{ selected: here }}>
            <Words bold={here} tone={choice.disabled === undefined ? 'plain' : 'dim'} width={width}>
              {`${here && !theme.screenReader ? theme.pointer : ' '} ${choice.text}${why}`}
            </Words>
          </Box>
        );
      })}
    </Box>
  );
}
