import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWithCodeCache } from '../build.js';
import { clientCpu } from './client-cpu.js';
import type { Figure } from './figure.js';
import { firstFrameOfDemo } from './first-frame.js';
import { startUp } from './start-up.js';
import { surveys } from './survey.js';
import { machine, table } from './table.js';

const FIGURES: Readonly<Record<string, (cli: string) => Promise<Figure>>> = {
  start: startUp,
  'first-frame': firstFrameOfDemo,
  'client-cpu': clientCpu,
  ...surveys,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});

/** A figure that cannot be taken is skipped with its reason: a bench never fails. */
async function take(name: string, cli: string): Promise<Figure> {
  console.error(`measuring ${name}`);
  try {
    return (await FIGURES[name]?.(cli)) ?? { name, skipped: 'unknown figure' };
  } catch (error) {
    return { name, skipped: error instanceof Error ? error.message : String(error) };
  }
}

const folder = mkdtempSync(join(tmpdir(), 'calico-ready-bench-'));
try {
  // A file of its own: dist may be built again while this runs.
  const cli = await buildWithCodeCache(join(folder, 'calico-ready.mjs'));
  const figures: Figure[] = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(FIGURES))
    figures.push(await take(name, cli));
  const taken = { date: new Date().toISOString().slice(0, 10), machine: machine() };
  console.log(
    values.json
      ? JSON.stringify({ ...taken, figures }, null, 2)
      : `${taken.date}, ${taken.machine}\n\n${table(figures)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
