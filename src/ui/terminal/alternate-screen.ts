/** The part of a terminal stream that is written to. */
export type Writes = { write(text: string): unknown };

// Alternate screen (xterm 1049), cleared; bracketed paste (2004) lets a paste be told from typing.
const ENTER = '\u001b[?1049h\u001b[2J\u001b[H\u001b[?2004h';
// Cursor shown, colours reset, then the shell's own screen again.
const LEAVE = '\u001b[?2004l\u001b[0m\u001b[?25h\u001b[?1049l';

/** Enters the alternate screen; the function that comes back restores the terminal, once. */
export function enterAlternateScreen(out: Writes): () => void {
  out.write(ENTER);
  let left = false;
  return () => {
    if (left) return;
    left = true;
    out.write(LEAVE);
  };
}
