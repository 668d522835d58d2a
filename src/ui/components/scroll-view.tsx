import { Box } from 'ink';
import { useMemo, useState } from 'react';
import { useCommands, type CommandMap } from '../keys.js';
import { LAYER, type Layer } from '../key-registry.js';
import { wrapLines, type Line } from '../text.js';
import { useArea } from './area.js';
import { Lines, Words } from './words.js';

type ScrollViewProps = {
  readonly lines: readonly Line[];
  readonly isActive: boolean;
  /** Rows of the terminal; the step's whole room unless told. */
  readonly height?: number;
  readonly commands?: CommandMap;
  readonly layer?: Layer;
};

/** Long text, wrapped once and drawn a window at a time. `lines` must keep its identity between frames. */
export function ScrollView({ lines, isActive, height, commands, layer }: ScrollViewProps) {
  const area = useArea();
  const rows = height ?? area.height;
  const wrapped = useMemo(() => wrapLines(lines, area.width), [lines, area.width]);
  const fits = wrapped.length <= rows;
  const page = Math.max(1, fits ? rows : rows - 1);
  const end = Math.max(0, wrapped.length - page);
  const [raw, setTop] = useState(0);
  const top = Math.min(raw, end);
  const by = (delta: number) => () => {
    setTop(Math.max(0, Math.min(end, top + delta)));
  };
  const moves: CommandMap = {
    'nav.up': by(-1),
    'nav.down': { run: by(1), label: 'scroll' },
    'nav.pageUp': by(-page),
    'nav.pageDown': by(page),
    'nav.first': by(-wrapped.length),
    'nav.last': by(wrapped.length),
  };
  useCommands({ ...commands, ...(fits ? {} : moves) }, { isActive, layer: layer ?? LAYER.step });
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Lines lines={wrapped.slice(top, top + page)} width={area.width} />
      {fits ? null : (
        <Words tone="dim" width={area.width}>
          {`lines ${String(top + 1)} to ${String(Math.min(wrapped.length, top + page))} of ${String(wrapped.length)}`}
        </Words>
      )}
    </Box>
  );
}
