import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { buildWithCodeCache } from './build.js';

const BUILT = new URL('../dist/calico-ready.js', import.meta.url).pathname;

/** What `demo` may end with when it ran to its end: it then says whether the fleet is ready (design: exit codes). */
const DEMO_ENDED = [0, 1, 2];

if (!existsSync(BUILT)) await buildWithCodeCache();
const demo = spawn(process.execPath, [BUILT, 'demo', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to the whole group; the demo answers it, this parent only waits.
process.on('SIGINT', () => undefined);
demo.on('exit', (code, signal) => {
  const ended = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  process.exitCode = DEMO_ENDED.includes(ended) ? 0 : ended;
});
