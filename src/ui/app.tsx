import { Box } from 'ink';
import { useState, type ReactNode } from 'react';
import { STEPS } from '../session/steps.js';
import { KeyProvider, useHints, useTextCommands } from './keys.js';
import { LAYER, type Hint } from './key-registry.js';
import { FullLayout } from './layouts/full.js';
import { ScreenReaderLayout } from './layouts/screen-reader.js';
import { KeptProvider, type Kept } from './kept.js';
import { Help, Leaving, StepsOverlay } from './overlays.js';
import { usePrompt } from './prompt.js';
import { ROUTES } from './routes.js';
import { SessionProvider, useActions, useSession, type SessionHandle } from './session-context.js';
import { SizeProvider, type SizeSource } from './terminal/window-size.js';
import { ThemeProvider, useTheme, type Theme } from './theme.js';

type Endings = {
  /** Everything is exported, and the operator is done. */
  readonly onDone: () => void;
  /** Ctrl-C. The second one does not wait for the first to be saved. */
  readonly onLeave: () => void;
  /** Ctrl-Z. */
  readonly onSuspend: () => void;
  /** Leaves for the demo. */
  readonly onDemo: () => void;
};

type Overlay =
  { readonly kind: 'help'; readonly hints: readonly Hint[] } | { readonly kind: 'steps' };

/** Keys that work on every screen. */
function useAppCommands(
  open: (overlay: Overlay) => void,
  { onLeave, onSuspend }: Pick<Endings, 'onLeave' | 'onSuspend'>,
): void {
  const actions = useActions();
  const hints = useHints();
  const busy = useSession((state) => state.busy);
  const noticed = useSession((state) => state.notice !== null);
  const first = useSession((state) => state.step === STEPS[0].id);
  const help = (): void => {
    open({ kind: 'help', hints });
  };
  useTextCommands(
    {
      'go.back': first ? undefined : actions.back,
      'work.stop': busy === null ? undefined : actions.cancel,
      'app.hide': noticed ? actions.dismissNotice : undefined,
      'app.steps': () => {
        open({ kind: 'steps' });
      },
      'app.jump': (key) => {
        const step = STEPS[Number(key) - 1];
        if (step !== undefined) actions.goTo(step.id);
      },
      'app.help': help,
      'app.helpTyping': help,
      'app.suspend':
        busy === null
          ? onSuspend
          : () => {
              actions.say(
                `${busy} would lose its connections in the background: wait for it or stop it first.`,
              );
            },
      'app.leave': onLeave,
    },
    // What comes down to here no field wanted; typed letters without a meaning are common, a lost paste is a surprise.
    (_text, pasted) => {
      if (pasted) actions.say('Nothing here takes a paste. Nothing was done with it.');
      return pasted;
    },
    { layer: LAYER.app },
  );
}

function Wizard({ onDone, onLeave, onSuspend, onDemo }: Endings) {
  const theme = useTheme();
  const step = useSession((state) => state.step);
  const prompt = usePrompt(useSession((state) => state.prompt));
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const [leaving, setLeaving] = useState(false);
  useAppCommands(setOverlay, {
    onLeave: () => {
      setLeaving(true);
      onLeave();
    },
    onSuspend,
  });
  const { excerpt, Step } = ROUTES[step];
  const close = (): void => {
    setOverlay(null);
  };
  const covers: readonly ReactNode[] = [
    leaving ? <Leaving key="leaving" /> : null,
    prompt,
    overlay?.kind === 'steps' ? <StepsOverlay key="steps" onClose={close} /> : null,
    overlay?.kind === 'help' ? (
      <Help key="help" step={step} hints={overlay.hints} onClose={close} />
    ) : null,
  ].filter((cover) => cover !== null);
  const Layout = theme.screenReader ? ScreenReaderLayout : FullLayout;
  return (
    <Layout step={step} excerpt={excerpt}>
      {covers[0]}
      {/* Covered, not taken away: what was typed and where the cursor stood is kept. */}
      <Box display={covers.length > 0 ? 'none' : 'flex'} flexDirection="column">
        <Step key={step} onDone={onDone} onDemo={onDemo} />
      </Box>
    </Layout>
  );
}

type AppProps = Endings & {
  readonly session: SessionHandle;
  readonly theme: Theme;
  readonly size: SizeSource;
};

/** The whole wizard, given everything it needs. */
export function App({ session, theme, size, ...endings }: AppProps) {
  const [kept] = useState<Kept>(() => new Map());
  return (
    <SizeProvider value={size}>
      <ThemeProvider value={theme}>
        <SessionProvider value={session}>
          <KeptProvider value={kept}>
            <KeyProvider>
              <Wizard {...endings} />
            </KeyProvider>
          </KeptProvider>
        </SessionProvider>
      </ThemeProvider>
    </SizeProvider>
  );
}
