import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { wallTime } from './command.js';
import { fight, type Figure } from './figure.js';

const PATIENCE_MS = 20_000;
/** What line 1 of every screen begins with. */
const FIRST_WORDS = 'calico-ready';

/**
 * Milliseconds until the demo has drawn its first line in a terminal of 80x24. `script` of util-linux is the terminal:
 * it starts within a few milliseconds, which count as ours.
 */
function firstFrame(cli: string, home: string): Promise<number> {
  const command = `stty rows 24 columns 80; exec '${process.execPath}' '${cli}' demo`;
  const started = performance.now();
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], HOME: home, XDG_STATE_HOME: home, TERM: 'xterm-256color' },
  });
  return new Promise((resolve, reject) => {
    let seen = '';
    const end = (act: () => void): void => {
      clearTimeout(timer);
      child.once('close', act);
      // The terminal hangs up with it, and so does the demo.
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => {
      end(() => {
        reject(new Error(`the demo drew no frame: ${seen.slice(0, 500)}`));
      });
    }, PATIENCE_MS);
    child.once('error', reject);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const was = seen.includes(FIRST_WORDS);
      seen += text;
      if (was || !seen.includes(FIRST_WORDS)) return;
      const elapsed = performance.now() - started;
      end(() => {
        resolve(elapsed);
      });
    });
  });
}

/** Time to the first frame of the demo against an empty Node. */
export async function firstFrameOfDemo(cli: string): Promise<Figure> {
  const home = mkdtempSync(join(tmpdir(), 'calico-ready-bench-'));
  try {
    return await fight({
      name: 'first frame',
      unit: 'ms',
      limit: 6,
      runs: 15,
      what: 'calico-ready demo, 80x24',
      measure: () => firstFrame(cli, home),
      peerWhat: 'node -e 0',
      measurePeer: () => wallTime(process.execPath, ['-e', '0']),
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
