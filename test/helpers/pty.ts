import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { Terminal } from '@xterm/headless';

/** How a program in a terminal ended. */
export type PtyEnd = {
  /** The exit code; a signal is its negative number; not a number when the terminal was closed. */
  readonly code: number;
  /** The modes of the terminal are those of before: canonical input, echo, signals. */
  readonly modesRestored: boolean;
};

export type PtyOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly columns?: number;
  readonly rows?: number;
};

/** Milliseconds a screen may take to show what is awaited, on a machine with other work. */
const PATIENCE_MS = 20_000;
const HELPER = new URL('pty-run.py', import.meta.url).pathname;

/** A program in a real pseudo-terminal (80x24 unless told), seen through a terminal emulator. Needs python3. */
export class Pty {
  readonly #helper: ChildProcess;
  readonly #terminal: Terminal;
  readonly #looks = new Set<() => void>();
  readonly #ended: Promise<PtyEnd>;
  #hasEnded = false;
  /** The screen as it was before the update that is being written now. */
  #whole: readonly string[] = [];
  /** Everything the program printed, as it printed it. */
  bytes = '';

  constructor(program: string, args: readonly string[] = [], options: PtyOptions = {}) {
    const { columns = 80, rows = 24 } = options;
    this.#terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 500 });
    this.#helper = spawn('python3', [HELPER, String(rows), String(columns), program, ...args], {
      stdio: ['pipe', 'pipe', 'inherit', 'pipe', 'pipe'],
      cwd: options.cwd,
      env: {
        PATH: process.env['PATH'],
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        ...options.env,
      },
    });
    // What the emulator is asked for (cursor position, attributes) it answers, as a terminal does.
    this.#terminal.onData((answer) => this.#input.write(answer));
    this.#helper.stdin?.on('error', () => undefined);
    const output = this.#helper.stdout as Readable;
    output.setEncoding('utf8').on('data', (text: string) => {
      this.bytes += text;
      this.#terminal.write(text, () => {
        this.#look();
      });
    });
    this.#ended = this.#end(output);
  }

  get #input(): Writable {
    return this.#helper.stdin as Writable;
  }

  async #end(output: Readable): Promise<PtyEnd> {
    let said = '';
    (this.#helper.stdio[4] as Readable)
      .setEncoding('utf8')
      .on('data', (text: string) => (said += text));
    await Promise.all([once(this.#helper, 'close'), output.closed ? null : once(output, 'close')]);
    // The emulator takes what it was given in turn.
    await new Promise<void>((done) => {
      this.#terminal.write('', done);
    });
    this.#hasEnded = true;
    this.#look();
    const [, code = 'NaN', modes] = /^(-?\d+) (\w+)\n$/.exec(said) ?? [];
    return { code: Number(code), modesRestored: modes === 'same' };
  }

  #look(): void {
    if (!this.#isUpdating) this.#whole = this.#rows();
    for (const look of [...this.#looks]) look();
  }

  /** Sends keys in one write. Wait for the screen after an Escape: with the next key in one read it would be Alt. */
  press(keys: string): void {
    this.#input.write(keys);
  }

  /** Sends keys, and waits for the screen that they lead to. */
  async go(keys: string, expected: RegExp): Promise<string> {
    this.press(keys);
    return this.waitForText(expected);
  }

  /** The screen, as soon as it matches. Rejects with the screen when it does not in time, or the program ended. */
  waitForText(expected: RegExp, timeoutMs = PATIENCE_MS): Promise<string> {
    return this.#until((text) => expected.test(text), `to show ${String(expected)}`, timeoutMs);
  }

  /** The screen, as soon as it no longer matches. */
  waitUntilGone(unwanted: RegExp, timeoutMs = PATIENCE_MS): Promise<string> {
    return this.#until((text) => !unwanted.test(text), `to lose ${String(unwanted)}`, timeoutMs);
  }

  #until(wanted: (text: string) => boolean, what: string, timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        this.#looks.delete(look);
        finish();
      };
      const fail = (why: string): void => {
        settle(() => {
          reject(new Error(`${why}, waiting for the screen ${what}:\n${this.text()}`));
        });
      };
      const look = (): void => {
        const text = this.text();
        if (wanted(text)) {
          settle(() => {
            resolve(text);
          });
        } else if (this.#hasEnded) fail('the program ended');
      };
      const timer = setTimeout(() => {
        fail(`${String(timeoutMs)} ms went by`);
      }, timeoutMs);
      this.#looks.add(look);
      look();
    });
  }

  /** Between DECSET and DECRST 2026 a terminal shows the screen of before: nobody sees half of one. */
  get #isUpdating(): boolean {
    return this.#terminal.modes.synchronizedOutputMode && !this.#hasEnded;
  }

  /** What the person sees: every row of the terminal, without the spaces at its end. */
  screen(): readonly string[] {
    return this.#isUpdating ? this.#whole : this.#rows();
  }

  #rows(): readonly string[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: this.#terminal.rows }, (_, row) =>
      (buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  text(): string {
    return this.screen().join('\n').trimEnd();
  }

  /** The terminal shows the alternate screen. */
  get alternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** The cursor is shown: the last word of the program about it (DECTCEM), shown when there was none. */
  get cursorShown(): boolean {
    return this.bytes.lastIndexOf('\u001b[?25l') <= this.bytes.lastIndexOf('\u001b[?25h');
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    (this.#helper.stdio[3] as Writable).write(`${String(rows)} ${String(columns)}\n`);
  }

  /** How the program ended; waits for it. */
  exit(): Promise<PtyEnd> {
    return this.#ended;
  }

  /** Hangs the terminal up, as a window that is closed does. */
  async close(): Promise<void> {
    if (!this.#hasEnded) this.#helper.kill('SIGKILL');
    await this.#ended;
    this.#terminal.dispose();
  }
}
