import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { StepId } from '../../session/steps.js';
import { AreaProvider } from '../components/area.js';
import { Lines, Words } from '../components/words.js';
import { LAYER } from '../key-registry.js';
import { useTextCommands } from '../keys.js';
import { useWindowSize } from '../terminal/window-size.js';
import { useSession } from '../session-context.js';
import { line, wrapLines } from '../text.js';
import { useTheme } from '../theme.js';
import { titleLine, useChrome, SMALLEST } from './chrome.js';

export type LayoutProps = {
  readonly step: StepId;
  /** What the step is for: one short paragraph. */
  readonly excerpt: string;
  readonly children: ReactNode;
};

const COMPACT_ROWS = 20;

/** A terminal too small to work in says so, and nothing else; the title stays, and no key but Ctrl-C works. */
function TooSmall({ step, columns, rows }: { step: StepId; columns: number; rows: number }) {
  useTextCommands({}, () => true, { layer: LAYER.unseen, takesAll: true });
  const demo = useSession((state) => state.demo);
  const size = `${String(columns)}x${String(rows)}`;
  const least = `${String(SMALLEST.columns)}x${String(SMALLEST.rows)}`;
  return (
    <Box flexDirection="column" width={columns} height={Math.max(1, rows - 1)} overflow="hidden">
      <Words width={columns}>{titleLine(step, demo)}</Words>
      <Lines
        lines={wrapLines(
          [line(`Make this window larger: it is ${size}, and ${least} is needed.`)],
          columns,
        )}
        width={columns}
      />
      <Words width={columns}>Ctrl-C saves and leaves.</Words>
    </Box>
  );
}

/**
 * Title, excerpt, body, status, the same as a command, keys. One row short of the terminal: a frame as tall as
 * the terminal scrolls it.
 */
export function FullLayout({ step, excerpt, children }: LayoutProps) {
  const theme = useTheme();
  const { columns, rows } = useWindowSize();
  const compact = rows < COMPACT_ROWS;
  const chrome = useChrome(step, excerpt, columns, compact);
  const around = 1 + chrome.excerpt.length + (compact ? 0 : 1) + chrome.status.length + 2;
  const height = Math.max(1, rows - 1 - around);
  const small = columns < SMALLEST.columns || rows < SMALLEST.rows;
  return (
    <>
      {small ? <TooSmall step={step} columns={columns} rows={rows} /> : null}
      <Box
        display={small ? 'none' : 'flex'}
        flexDirection="column"
        width={columns}
        height={rows - 1}
        overflow="hidden"
      >
        <Words bold tone="accent" width={columns}>
          {chrome.title}
        </Words>
        <Lines lines={chrome.excerpt} width={columns} />
        {compact ? null : (
          <Words tone="dim" width={columns}>
            {theme.rule.repeat(columns)}
          </Words>
        )}
        <Box flexDirection="column" height={height} flexShrink={0} overflow="hidden">
          <AreaProvider value={{ width: columns, height }}>{children}</AreaProvider>
        </Box>
        <Lines lines={chrome.status} width={columns} />
        <Words tone="dim" width={columns}>
          {chrome.command}
        </Words>
        <Words width={columns}>{chrome.footer}</Words>
      </Box>
    </>
  );
}
