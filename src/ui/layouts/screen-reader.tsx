import { Box } from 'ink';
import { AreaProvider } from '../components/area.js';
import { Lines, Words } from '../components/words.js';
import { useWindowSize } from '../terminal/window-size.js';
import { KEYS, useChrome } from './chrome.js';
import type { LayoutProps } from './full.js';

/** The same words in the order they are to be heard: no borders, no columns, nothing drawn. */
export function ScreenReaderLayout({ step, excerpt, children }: LayoutProps) {
  const { columns, rows } = useWindowSize();
  const chrome = useChrome(step, excerpt, columns, false);
  const height = Math.max(4, rows - 6 - chrome.excerpt.length);
  return (
    <Box flexDirection="column">
      <Words>{chrome.title}</Words>
      <Lines lines={chrome.excerpt} width={columns} />
      <Box flexDirection="column">
        <AreaProvider value={{ width: columns, height }}>{children}</AreaProvider>
      </Box>
      <Lines lines={chrome.status} width={columns} />
      <Words>{chrome.command}</Words>
      <Words>{`${KEYS}${chrome.footer}`}</Words>
    </Box>
  );
}
