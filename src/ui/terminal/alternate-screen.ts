/** The part of a terminal stream that is written to. */
export type Writes = { write(text: string): unknown };

// Alternate screen (xterm 1049), cleared; bracketed paste (2004) lets a paste be told from typing.
const ENTER = '\u001b[?1049h\u001b[2J\u001b[H\u001b[?2004h';
// Cursor shown, colours reset, then the shell's own screen again.
const HIDE_CURSOR = '\u001b[?25l';
const LEAVE = '\u001b[?2004l\u001b[0m\u001b[?25h\u001b[?1049l';

export type AlternateScreen = {
  /** Restores the terminal; does nothing when it is restored already. */
  readonly leave: () => void;
  /** Takes the screen again after it was left, with the cursor hidden, as Ink has left it. */
  readonly enter: () => void;
};

/** Enters the alternate screen. */
export function enterAlternateScreen(out: Writes): AlternateScreen {
  out.write(ENTER);
  let left = false;
  return {
    leave: () => {
      if (!left) out.write(LEAVE);
      left = true;
    },
    enter: () => {
      if (left) out.write(ENTER + HIDE_CURSOR);
      left = false;
    },
  };
}

/** A terminal whose screen is not taken, because what a screen reader reads stays: what comes next begins a line. */
export function keepScreen(out: Writes): AlternateScreen {
  let left = false;
  return {
    leave: () => {
      if (!left) out.write('\n');
      left = true;
    },
    enter: () => {
      left = false;
    },
  };
}
