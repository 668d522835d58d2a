import { render } from 'ink';
import type { Catalogue } from '../domain/check.js';
import type { SessionActions } from '../session/actions.js';
import type { SessionState } from '../session/state.js';
import type { StoreApi } from 'zustand';
import { App } from './app.js';
import { enterAlternateScreen } from './terminal/alternate-screen.js';
import { guardStdout } from './terminal/guarded-stdout.js';
import { watchEndings, type ProcessEvents } from './terminal/signals.js';
import type { TerminalIn, TerminalOut } from './terminal/streams.js';
import { sizeOf } from './terminal/window-size.js';
import { makeTheme } from './theme.js';

export type WizardOptions = {
  /** NO_COLOR is set. */
  readonly noColor?: boolean;
  /** The terminal's character set is not UTF-8. */
  readonly ascii?: boolean;
  /** Text only, in reading order, and no alternate screen. */
  readonly screenReader?: boolean;
};

export type WizardInput = {
  readonly store: StoreApi<SessionState>;
  readonly actions: SessionActions;
  readonly catalogue: Catalogue;
  readonly stdin: TerminalIn;
  readonly stdout: TerminalOut;
  /** `process`: the terminal is restored on every way out of it. */
  readonly events: ProcessEvents;
  /** Writes the session synchronously: a signal leaves no time for anything else. */
  readonly saveNow: () => void;
  readonly options?: WizardOptions;
};

/**
 * Runs the wizard until it is done or left. The terminal is restored, the session saved, when it resolves.
 * Rejects when a screen broke, with the terminal restored as well.
 */
export async function runWizard(input: WizardInput): Promise<'done' | 'left'> {
  const { store, actions, catalogue, stdin, stdout, events, saveNow, options = {} } = input;
  const screenReader = options.screenReader === true;
  const theme = makeTheme({
    noColor: options.noColor === true,
    ascii: options.ascii === true,
    screenReader,
  });
  const restoreScreen = screenReader ? () => undefined : enterAlternateScreen(stdout);
  const restore = (): void => {
    if (stdin.isTTY) stdin.setRawMode(false);
    restoreScreen();
  };
  let how: 'done' | 'left' = 'left';
  let leaving = false;
  const finish = (): void => {
    instance.unmount();
  };
  const leave = (): void => {
    if (leaving) {
      finish();
      return;
    }
    leaving = true;
    actions.leave().then(finish, finish);
  };
  const instance = render(
    <App
      session={{ store, actions, catalogue }}
      theme={theme}
      size={sizeOf(stdout)}
      onLeave={leave}
      onDone={() => {
        how = 'done';
        leave();
      }}
    />,
    {
      stdin,
      stdout: guardStdout(stdout),
      exitOnCtrlC: false,
      patchConsole: false,
      isScreenReaderEnabled: screenReader,
    },
  );
  const unwatch = watchEndings(events, {
    restore,
    onSignal: () => {
      saveNow();
      finish();
    },
  });
  try {
    await instance.waitUntilExit();
  } finally {
    unwatch();
    restore();
  }
  return how;
}
