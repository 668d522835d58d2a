import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCli } from '../build.js';
import type * as take from './take.js';

type Take = typeof take;

// xterm is CommonJS whose names Node's own module loader cannot see; `require` under tsx reads it as TypeScript does.
const { takeScreens } = createRequire(import.meta.url)('./take.ts') as Take;
await takeScreens(
  await buildCli(join(mkdtempSync(join(tmpdir(), 'calico-ready-screens-')), 'calico-ready.mjs')),
);
// A demo that still asks whether to leave keeps its terminal, and with it this process; the pictures are taken.
process.exit();
