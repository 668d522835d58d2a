import { Box } from 'ink';
import { cell, wrap, type Tone } from '../text.js';
import { Words } from './words.js';

export type KeyValue = { readonly key: string; readonly value: string; readonly tone?: Tone };

type KeyValuesProps = {
  readonly rows: readonly KeyValue[];
  readonly width: number;
  readonly keyWidth?: number;
};

/** Names and values beside each other; long values wrap under themselves. */
export function KeyValues({ rows, width, keyWidth = 12 }: KeyValuesProps) {
  const room = Math.max(8, width - keyWidth - 1);
  return (
    <Box flexDirection="column" flexShrink={0}>
      {rows.flatMap((row) =>
        wrap(row.value, room).map((text, index) => (
          <Box key={`${row.key}-${String(index)}`} flexShrink={0}>
            <Words tone="dim">{`${cell(index === 0 ? row.key : '', keyWidth)} `}</Words>
            <Words tone={row.tone ?? 'plain'} width={room}>
              {text}
            </Words>
          </Box>
        )),
      )}
    </Box>
  );
}
