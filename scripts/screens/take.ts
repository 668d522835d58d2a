import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Pty } from '../../test/helpers/pty.js';
import { SHOTS, type Shot } from './shots.js';
import { screenToSvg } from './svg.js';

const PICTURES = new URL('../../.github/screens/', import.meta.url).pathname;
const SIZE = { columns: 80, rows: 24 };
const CTRL_C = '\u0003';

/** The demo's server listens where it may; a fixed port of the same length keeps the pictures the same. */
const steady = (bytes: string): string =>
  bytes.replaceAll(/127\.0\.0\.1:\d{5}/g, '127.0.0.1:40022').replaceAll(/in \d\.\d s/g, 'in 2.0 s');

/** Milliseconds for a screen to settle: what is drawn after the awaited words belongs to the same frame. */
const SETTLE_MS = 300;
const settle = (): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, SETTLE_MS);
  });

async function take(pty: Pty, { name, title, way }: Shot): Promise<void> {
  for (const [keys, shows] of way) {
    if (keys !== '') pty.press(keys);
    await pty.waitForText(shows);
    await settle();
  }
  const svg = await screenToSvg(steady(pty.bytes), { ...SIZE, title: `calico-ready, ${title}` });
  writeFileSync(join(PICTURES, `${name}.svg`), svg);
  console.log(`${name}.svg`);
  if (process.argv.includes('--text')) console.log(pty.text());
}

/** Drives the demo through the nine steps in a terminal of 80x24 and writes one picture a shot. Needs python3. */
export async function takeScreens(cli: string): Promise<void> {
  const home = dirname(cli);
  mkdirSync(PICTURES, { recursive: true });
  for (const old of readdirSync(PICTURES)) if (old.endsWith('.svg')) rmSync(join(PICTURES, old));
  const pty = new Pty(process.execPath, [cli, 'demo'], {
    ...SIZE,
    cwd: home,
    env: { HOME: home, XDG_STATE_HOME: home, USER: 'operator', COLORTERM: 'truecolor' },
  });
  try {
    for (const shot of SHOTS) await take(pty, shot);
  } finally {
    pty.press(CTRL_C);
    await settle();
    rmSync(home, { recursive: true, force: true });
  }
}
