#!/usr/bin/env node
// The launcher: everything else is imported on demand, so that `--version` costs no more than starting Node.
import { VERSION } from './version.js';

const [first] = process.argv.slice(2);
if (first === '--version' || first === '-V') {
  // Without the rest of the command there is only the exit code to say that a disk is full.
  process.stdout.once('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') process.exitCode = 3;
  });
  process.stdout.write(`calico-ready ${VERSION}\n`);
} else {
  const { main } = await import('./main.js');
  await main(process.argv.slice(2));
}
