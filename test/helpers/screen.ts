import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { Terminal } from '@xterm/headless';
import { vi } from 'vitest';
import type { TerminalIn, TerminalOut } from '../../src/ui/terminal/streams.js';

/** Keys as a terminal sends them. */
export const KEY = {
  enter: '\r',
  esc: '\u001b',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  pageDown: '\u001b[6~',
  end: '\u001b[F',
  home: '\u001b[H',
  tab: '\t',
  space: ' ',
  backspace: '\u007f',
  ctrlC: '\u0003',
  ctrlU: '\u0015',
  ctrlX: '\u0018',
} as const;

/** Milliseconds a screen may take to show what is awaited, on a machine with other work. */
export const PATIENCE_MS = 20_000;

/** A paste as a terminal with bracketed paste sends it. */
export const pasted = (text: string): string => `\u001b[200~${text}\u001b[201~`;

class FakeStdin extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

class FakeStdout extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns: number;
  rows: number;
  readonly #onWrite: (text: string) => void;
  constructor(columns: number, rows: number, onWrite: (text: string) => void) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.#onWrite = onWrite;
  }
  write(text: string, ...rest: readonly unknown[]): boolean {
    this.#onWrite(text);
    for (const done of rest) if (typeof done === 'function') (done as () => void)();
    return true;
  }
}

/** A terminal emulator with the two streams a program talks to it with. */
export class Screen {
  readonly stdin = new FakeStdin() as unknown as TerminalIn;
  readonly stdout: TerminalOut;
  readonly #out: FakeStdout;
  readonly #terminal: Terminal;
  /** Everything that was written, as it was written. */
  bytes = '';
  /** The keyboard was raw when the first byte was written; null until then. */
  rawAtFirst: boolean | null = null;

  constructor(columns = 80, rows = 24) {
    this.#terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 200 });
    this.#out = new FakeStdout(columns, rows, (text) => {
      this.rawAtFirst ??= this.raw;
      this.bytes += text;
      // Ink writes \n; a real terminal's driver turns it into \r\n.
      this.#terminal.write(text.replace(/\r?\n/g, '\r\n'));
    });
    this.stdout = this.#out as unknown as TerminalOut;
  }

  /** Sends keys, each as a read of its own: Escape and the next key in one read would be Alt and that key. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      (this.stdin as unknown as PassThrough).write(key);
      for (let turn = 0; turn < 4; turn += 1) await new Promise((done) => setImmediate(done));
    }
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#out.columns = columns;
    this.#out.rows = rows;
    this.#out.emit('resize');
  }

  /** What the person sees, line by line, without the spaces at the ends. */
  lines(): readonly string[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: this.#terminal.rows }, (_, row) =>
      (buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  text(): string {
    return this.lines().join('\n').trimEnd();
  }

  get alternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  get raw(): boolean {
    return (this.stdin as unknown as FakeStdin).isRaw;
  }

  /** Rows that were pushed off the top: a frame taller than the terminal leaves some. */
  get scrolledRows(): number {
    return this.#terminal.buffer.active.baseY;
  }

  /** Waits until the screen shows all of these texts and has come to rest, and gives the whole screen. */
  shows(...texts: readonly string[]): Promise<string> {
    return this.#settles((now) => {
      const missing = texts.find((text) => !now.includes(text));
      return missing === undefined ? null : `does not show ${missing}`;
    });
  }

  /** Waits until the text is gone. */
  hides(text: string): Promise<string> {
    return this.#settles((now) => (now.includes(text) ? `still shows ${text}` : null));
  }

  async #settles(objection: (now: string) => string | null): Promise<string> {
    let before = '';
    await vi.waitFor(
      () => {
        const now = this.text();
        const why = objection(now);
        const resting = now === before;
        before = now;
        if (why !== null) throw new Error(`the screen ${why}:\n${now}`);
        if (!resting) throw new Error('the screen still changes');
      },
      // Twice a frame of Ink (33 ms), so that two equal looks mean rest.
      { timeout: PATIENCE_MS, interval: 70 },
    );
    return before;
  }
}
