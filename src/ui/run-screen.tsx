import { render, useStdout, type Instance } from 'ink';
import { useEffect, type ReactNode } from 'react';
import {
  enterAlternateScreen,
  keepScreen,
  type AlternateScreen,
} from './terminal/alternate-screen.js';
import { guardStdout } from './terminal/guarded-stdout.js';
import { watchEndings, type ProcessEvents } from './terminal/signals.js';
import type { TerminalIn, TerminalOut } from './terminal/streams.js';
import { sizeOf, type SizeSource } from './terminal/window-size.js';
import { makeTheme, type Theme } from './theme.js';

export type ScreenOptions = {
  /** NO_COLOR is set. */
  readonly noColor?: boolean;
  /** The terminal's character set is not UTF-8. */
  readonly ascii?: boolean;
  /** Text only, in reading order, and no alternate screen. */
  readonly screenReader?: boolean;
};

/** A terminal, and the events that tell when the process ends. */
export type ScreenInput = {
  readonly stdin: TerminalIn;
  readonly stdout: TerminalOut;
  /** `process`: the terminal is restored on every way out of it. */
  readonly events: ProcessEvents;
  readonly options?: ScreenOptions;
};

export type Drawing = {
  readonly theme: Theme;
  readonly size: SizeSource;
  readonly close: () => void;
  /** Gives the terminal back to the shell until it continues this process. */
  readonly suspend: () => void;
};

type RepaintProps = {
  readonly onReady: (repaint: () => void) => void;
  readonly children: ReactNode;
};

/** Hands out what draws the last frame once more: Ink does so behind everything that is written past it. */
function Repaint({ onReady, children }: RepaintProps) {
  const { write } = useStdout();
  useEffect(() => {
    onReady(() => {
      write('');
    });
  }, [onReady, write]);
  return children;
}

/**
 * Draws until `close` is called or a signal comes; the terminal is restored when it resolves. Rejects when a screen
 * broke, with the terminal restored as well. `onSignal` is called when a signal ends it or
 * the terminal is gone, before anything else, and must be synchronous.
 */
export async function runScreen(
  input: ScreenInput,
  draw: (drawing: Drawing) => ReactNode,
  onSignal: () => void = () => undefined,
): Promise<void> {
  const { stdin, stdout, events, options = {} } = input;
  const screenReader = options.screenReader === true;
  const theme = makeTheme({
    noColor: options.noColor === true,
    ascii: options.ascii === true,
    screenReader,
  });
  let screen: AlternateScreen | undefined;
  const restore = (): void => {
    if (stdin.isTTY) stdin.setRawMode(false);
    screen?.leave();
  };
  let instance: Instance | undefined;
  let over = false;
  const close = (): void => {
    over = true;
    instance?.unmount();
  };
  let repaint = (): void => undefined;
  const suspend = (): void => {
    restore();
    // The whole group, as the terminal itself would; without a shell that could continue it, nothing is stopped.
    events.kill?.(0, 'SIGTSTP');
    if (stdin.isTTY) stdin.setRawMode(true);
    screen?.enter();
    repaint();
  };
  const setRepaint = (again: () => void): void => {
    repaint = again;
  };
  // First what must not be lost: a terminal that was closed answers every touch with an error, which comes back here.
  const end = (): void => {
    if (over) return;
    over = true;
    try {
      onSignal();
    } finally {
      restore();
      close();
    }
  };
  const terminal = { gone: false };
  const onError = (): void => {
    terminal.gone = true;
    end();
  };
  // Before the terminal is touched: a signal that nobody listens for ends the process on the spot.
  const unwatch = watchEndings(events, { restore, onSignal: end });
  stdin.on('error', onError);
  stdout.on('error', onError);
  try {
    // Before anything is drawn: a Ctrl-C at once is then a key for the wizard, not a signal for the shell around it as well.
    if (stdin.isTTY) stdin.setRawMode(true);
    screen = screenReader ? keepScreen(stdout) : enterAlternateScreen(stdout);
    const drawing = draw({ theme, size: sizeOf(stdout), close, suspend });
    instance = render(<Repaint onReady={setRepaint}>{drawing}</Repaint>, {
      stdin,
      stdout: guardStdout(stdout),
      exitOnCtrlC: false,
      patchConsole: false,
      isScreenReaderEnabled: screenReader,
    });
    await instance.waitUntilExit();
    // Nobody asked for it: Ink leaves by itself when the keyboard has ended, which may be told before the signal is.
    end();
  } finally {
    unwatch();
    // A screen that was left while it was still being drawn takes hold of the keyboard once more after that.
    await new Promise(setImmediate);
    restore();
    stdin.off('error', onError);
    stdout.off('error', onError);
    letGo(stdin);
    // Node aborts where it cannot put the modes of its terminal back; what lost its terminal ends by that signal instead.
    if (terminal.gone && events.pid !== undefined) events.kill?.(events.pid, 'SIGHUP');
  }
}

/** Nobody reads keys any more: the process may end. The next screen takes hold by itself. */
function letGo(stdin: ScreenInput['stdin']): void {
  if (stdin.isTTY) stdin.unref();
}
