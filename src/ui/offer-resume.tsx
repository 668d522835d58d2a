import { Box } from 'ink';
import { SelectList } from './components/select-list.js';
import { Words } from './components/words.js';
import { LAYER } from './key-registry.js';
import { KeyProvider, useCommands, useHints } from './keys.js';
import { footerText, PRODUCT } from './layouts/chrome.js';
import { runScreen, type ScreenInput } from './run-screen.js';
import { SizeProvider, useWindowSize } from './terminal/window-size.js';
import { ThemeProvider, useTheme } from './theme.js';

/** What is told of the session that can be taken up again. */
export type SavedSession = {
  /** ISO time of its start. */
  readonly startedAt: string;
  /** Title of the step it stopped at. */
  readonly step: string;
  readonly nodes: number;
};

export type ResumeChoice = 'resume' | 'fresh' | 'left';

const CHOICES = [
  { id: 'resume', text: 'Go on with it' },
  { id: 'fresh', text: 'Begin afresh; the saved session is kept aside as session.previous.json' },
] as const;

function Question({
  saved,
  onSuspend,
  onChoose,
}: {
  saved: SavedSession;
  onSuspend: () => void;
  onChoose: (c: ResumeChoice) => void;
}) {
  const { columns, rows } = useWindowSize();
  const theme = useTheme();
  const hints = useHints();
  const leave = (): void => {
    onChoose('left');
  };
  useCommands({ 'app.leave': leave, 'app.suspend': onSuspend }, { layer: LAYER.app });
  const when = saved.startedAt.slice(0, 16).replace('T', ' ');
  const nodes = `${String(saved.nodes)} ${saved.nodes === 1 ? 'node' : 'nodes'}`;
  return (
    <Box flexDirection="column" width={columns} height={theme.screenReader ? undefined : rows - 1}>
      <Words bold tone="accent" width={columns}>
        {`${PRODUCT}  Resume`}
      </Words>
      <Words width={columns}>
        {`There is a saved session of ${when} UTC: ${nodes}, stopped at ${saved.step}.`}
      </Words>
      <Words> </Words>
      <SelectList
        choices={CHOICES}
        onChoose={(id) => {
          onChoose(id === 'resume' ? 'resume' : 'fresh');
        }}
        onCancel={leave}
        isActive
        layer={LAYER.step}
        width={columns}
        height={CHOICES.length}
      />
      <Words> </Words>
      <Words width={columns}>{footerText(hints, columns, theme.dot)}</Words>
    </Box>
  );
}

/** Asks whether a saved session is taken up again. The terminal is restored when it resolves. */
export async function offerResume(input: ScreenInput, saved: SavedSession): Promise<ResumeChoice> {
  let choice: ResumeChoice = 'left';
  await runScreen(input, ({ theme, size, close, suspend }) => (
    <SizeProvider value={size}>
      <ThemeProvider value={theme}>
        <KeyProvider>
          <Question
            saved={saved}
            onSuspend={suspend}
            onChoose={(chosen) => {
              choice = chosen;
              close();
            }}
          />
        </KeyProvider>
      </ThemeProvider>
    </SizeProvider>
  ));
  return choice;
}
