import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtCli, runCli } from '../../helpers/built.js';

/** Text that a lab node's commands printed (test/nodes/README.md), before and after firewalld was switched on. */
const RECORDED = new URL('../../nodes/', import.meta.url).pathname;

let cwd = '';
const run = (...args: readonly string[]) => runCli(args, { cwd });

async function bundleOf(recording: string): Promise<string> {
  const folder = join(cwd, recording);
  mkdirSync(folder);
  cpSync(join(RECORDED, recording), join(folder, 'n1'), { recursive: true });
  const name = `${recording}-UNSIGNED.tar.gz`;
  const ran = await run('audit', '--from', recording, '--bundle', name, '--unsigned');
  expect(ran).toMatchObject({ code: 1 });
  return name;
}

let off = '';
let on = '';
beforeAll(async () => {
  await builtCli();
  cwd = mkdtempSync(join(tmpdir(), 'cli-compare-'));
  off = await bundleOf('debian-12-lab-plain');
  on = await bundleOf('debian-12-lab-firewalld-on');
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

test('a firewall that was switched on is a regression', async () => {
  const ran = await run('compare', off, on);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(/^REGRESSIONS: \d+ worse/);
  expect(ran.stdout).toMatch(
    /^worse {8}firewall\/firewalld: passed before, failed now\n {13}n1: firewalld is running/m,
  );
  expect(ran.stderr).toBe(
    'note: the signatures of these bundles were not checked; calico-ready verify does that.\n',
  );
});

test('the other way round it is none, and the order is remarked on', async () => {
  const ran = await run('compare', on, off);
  expect(ran.stdout).toMatch(/^better {7}firewall\/firewalld: failed before, passed now$/m);
  expect(ran.stderr).toContain(`note: ${on} is newer than ${off}`);
});

test('a bundle beside itself has no regression', async () => {
  const ran = await run('compare', on, on);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/^NO REGRESSION: every verdict is what it was$/m);
});

test('what is no bundle ends as for report', async () => {
  writeFileSync(join(cwd, 'text'), 'just words\n');
  expect(await run('compare', off, 'text')).toMatchObject({ code: 4, stdout: '' });
  expect(await run('compare', off, 'none')).toMatchObject({ code: 3, stdout: '' });
});
