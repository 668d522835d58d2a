import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runScreen } from '../../src/ui/run-screen.js';
import { KEY, PATIENCE_MS, Screen } from '../helpers/screen.js';
import { closeWizards, startWizard } from '../helpers/render-session.js';

const ENTERED = '\u001b[?1049h';
const LEFT = '\u001b[?1049l';
const PROGRAM = new URL('fixtures/wizard-program.ts', import.meta.url).pathname;

let folder = '';
let child: ChildProcessWithoutNullStreams | null = null;
let output = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wizard-'));
  output = '';
});
afterEach(() => {
  child?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const pidFile = (): string => path.join(folder, 'pid');

/** Runs the wizard in a real pseudo-terminal, and asks the terminal afterwards how it was left. */
function run(look = 'color'): void {
  const inside =
    `stty rows 24 cols 80; "${process.execPath}" --import tsx "${PROGRAM}" "${pidFile()}" ${look}; ` +
    'echo "status=$?"; stty -a';
  child = spawn('script', ['-qec', inside, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm-256color', FORCE_COLOR: '1', CI: 'false' },
  });
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
}

const says = (text: string): Promise<void> =>
  vi.waitFor(
    () => {
      if (!output.includes(text))
        throw new Error(`no ${text} in ${JSON.stringify(output.slice(-800))}`);
    },
    { timeout: PATIENCE_MS, interval: 20 },
  );

const press = (key: string): void => {
  child?.stdin.write(key);
};

/** The terminal as the shell gets it back: its own screen, a cursor, lines and echo. */
async function isRestored(): Promise<void> {
  await says('status=');
  await vi.waitFor(() => {
    expect(output.slice(output.indexOf('status='))).toMatch(/ icanon/);
  }, PATIENCE_MS);
  const settings = output.slice(output.indexOf('status='));
  expect(settings).toMatch(/(?<!-)\becho\b/);
  expect(output.lastIndexOf(LEFT)).toBeGreaterThan(output.lastIndexOf(ENTERED));
  expect(output.lastIndexOf('\u001b[?25h')).toBeGreaterThan(output.lastIndexOf('\u001b[?25l'));
  expect(output.lastIndexOf('\u001b[?2004l')).toBeGreaterThan(output.lastIndexOf('\u001b[?2004h'));
}

it('Ctrl-C in the middle of typing saves, leaves and restores the terminal', async () => {
  run();
  await says('Nodes  1/9');
  press('half-typed');
  await says('half-typed');
  press(KEY.ctrlC);
  await isRestored();
  expect(output).toContain('result=left saved=true');
});

it('takes the keys before it draws: a Ctrl-C at once must not reach the shell around it', async () => {
  const { screen } = await startWizard();
  await screen.shows('Nodes  1/9');
  expect(screen.rawAtFirst).toBe(true);
  await closeWizards();
  expect(screen.raw).toBe(false);
});

it('listens for signals before it takes the screen: one in between would leave the terminal as it is', async () => {
  const screen = new Screen();
  const events = new EventEmitter();
  const { stdout } = screen;
  const write = stdout.write.bind(stdout);
  const listening: number[] = [];
  stdout.write = (text: string) => {
    listening.push(events.listenerCount('SIGTERM'));
    return write(text);
  };
  await runScreen({ stdin: screen.stdin, stdout, events }, ({ close }) => {
    setImmediate(close);
    return null;
  });
  expect(listening[0]).toBe(1);
  expect(events.listenerCount('SIGTERM')).toBe(0);
});

it('a screen that cannot be made leaves the terminal as it was', async () => {
  const screen = new Screen();
  const events = new EventEmitter();
  const made = runScreen({ stdin: screen.stdin, stdout: screen.stdout, events }, () => {
    throw new Error('planted');
  });
  await expect(made).rejects.toThrow('planted');
  expect(screen.bytes.lastIndexOf(LEFT)).toBeGreaterThan(screen.bytes.lastIndexOf(ENTERED));
  expect(screen.raw).toBe(false);
});

it('without a screen of its own it ends with a line break, so that the shell begins a line', async () => {
  const { screen, result } = await startWizard({ options: { screenReader: true } });
  await screen.shows('Keys: ');
  await screen.press(KEY.ctrlC);
  expect(await result).toBe('left');
  expect(screen.bytes.endsWith('\n')).toBe(true);
});

it.each(['SIGTERM', 'SIGHUP'] as const)(
  'B12/86 %s saves and restores the terminal',
  async (signal) => {
    run();
    await says('Nodes  1/9');
    process.kill(Number(readFileSync(pidFile(), 'utf8')), signal);
    await isRestored();
    expect(output).toContain('result=left saved=true');
  },
);

it('an error of ours restores the terminal before it is printed', async () => {
  run();
  await says('Nodes  1/9');
  process.kill(Number(readFileSync(pidFile(), 'utf8')), 'SIGUSR2');
  await isRestored();
  expect(output.lastIndexOf('Error: planted')).toBeGreaterThan(output.lastIndexOf(LEFT));
});

it('colours are there, and gone where they are not wanted', async () => {
  // eslint-disable-next-line no-control-regex -- colours are what is looked for
  const colour = /\u001b\[3[1-7]m/;
  run();
  await says('Nodes  1/9');
  press(KEY.ctrlC);
  await says('status=');
  expect(output).toMatch(colour);
  output = '';
  run('no-color');
  await says('Nodes  1/9');
  press(KEY.ctrlC);
  await says('status=');
  expect(output).not.toMatch(colour);
});
