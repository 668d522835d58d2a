import { Box, Text } from 'ink';
import { visible } from '../../domain/visible.js';
import { fit, type Line, type Tone } from '../text.js';
import { TONE_COLOR, useTheme } from '../theme.js';

type WordsProps = {
  readonly children: string;
  readonly tone?: Tone;
  readonly bold?: boolean;
  readonly inverse?: boolean;
  /** Columns; longer text is cut. */
  readonly width?: number;
};

/**
 * The only component that prints: every text passes `visible` here, so that nothing from a node, a file or a
 * paste can steer the terminal. Line breaks become spaces; whoever wants lines wraps them first.
 */
export function Words({ children, tone = 'plain', bold, inverse, width }: WordsProps) {
  const theme = useTheme();
  const safe = visible(children).replace(/[\n\t]/g, ' ');
  const text = width === undefined ? safe : fit(safe, width, theme.ellipsis);
  return (
    <Text
      bold={bold === true}
      inverse={inverse === true && !theme.screenReader}
      dimColor={theme.color && tone === 'dim'}
      color={theme.color ? TONE_COLOR[tone] : undefined}
      wrap={width === undefined && theme.screenReader ? 'wrap' : 'truncate-end'}
    >
      {text === '' ? ' ' : text}
    </Text>
  );
}

/** Lines as they are, one below the other; they must already fit. */
export function Lines({
  lines,
  width,
}: {
  readonly lines: readonly Line[];
  readonly width: number;
}) {
  return (
    <Box flexDirection="column" flexShrink={0}>
      {lines.map((item, index) => (
        <Box key={index} paddingLeft={item.indent ?? 0} flexShrink={0}>
          <Words
            tone={item.tone ?? 'plain'}
            bold={item.bold === true}
            width={width - (item.indent ?? 0)}
          >
            {item.text}
          </Words>
        </Box>
      ))}
    </Box>
  );
}
