import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createExportPort } from '../../../src/cli/wizard/export-port.js';
import type { ExportResult } from '../../../src/session/state.js';
import { homeFolder } from '../../../src/cli/wiring/ssh-config/local-user.js';
import { healthy } from '../../helpers/fake-ports.js';
import { session } from '../../session/session.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const keeper = { broker: { ask: () => Promise.resolve(null) }, typed: () => [] };

/** Writes an unsigned bundle of one surveyed node, as a session of its own or as the same again. */
function exporter(): (name: string) => Promise<ExportResult> {
  const port = createExportPort({ keeper, changes: () => [] });
  return async (name) => {
    const { actions, state } = session({ n1: healthy() });
    await actions.runSurvey();
    const { report } = state();
    if (report === null) throw new Error('nothing was surveyed');
    const settings = { bundle: join(folder, name), signKey: '', signer: 'ops' };
    return port.export(state(), report, settings, new AbortController().signal);
  };
}

it('a session writes its own bundle again, and none of another time', async () => {
  const first = exporter();
  const { bundle } = await first('fleet.tar.gz');
  expect(bundle).toBe(join(folder, 'fleet-UNSIGNED.tar.gz'));
  await first('fleet.tar.gz');
  const before = readFileSync(bundle);
  await expect(exporter()('fleet.tar.gz')).rejects.toThrow(`${bundle} exists already.`);
  expect(readFileSync(bundle)).toEqual(before);
});

it('a file that is no bundle is not written over either', async () => {
  const path = join(folder, 'notes-UNSIGNED.tar.gz');
  writeFileSync(path, 'notes');
  await expect(exporter()('notes')).rejects.toThrow('exists already');
  expect(readFileSync(path, 'utf8')).toBe('notes');
});

it.each([
  ['a file of this folder', join(process.cwd(), 'b.tar.gz'), 'b.tar.gz'],
  ['a file of a folder in it', join(process.cwd(), 'out/b.tar.gz'), 'out/b.tar.gz'],
  ['a file of the home folder', join(homeFolder(), 'b.tar.gz'), '~/b.tar.gz'],
  ['a file elsewhere', '/srv/b.tar.gz', '/srv/b.tar.gz'],
  ['a folder here that is called as the home folder is', join(process.cwd(), '~/b.tar.gz'), null],
])('the place of a bundle is kept in full and shown short: %s', (_name, whole, short) => {
  const port = createExportPort({ keeper, changes: () => [] });
  const shown = port.shortPath(whole);
  expect(shown).toBe(short ?? whole);
  expect(port.wholePath(` ${shown} `)).toBe(whole);
});

it('a file that cannot be written beside the bundle is named, and all else is there', async () => {
  mkdirSync(join(folder, 'b.report.html'));
  const write = exporter();
  const { bundle, files, problem } = await write('b');
  expect(problem).toBe(
    'The bundle is whole, but beside it this was not written: b.report.html (it is a directory). ' +
      'Make room there, or move away what has that name; then Enter writes again.',
  );
  expect(files[0]).toBe(bundle);
  expect([...files, join(folder, 'b.report.html')].sort()).toEqual(
    readdirSync(folder)
      .map((name) => join(folder, name))
      .sort(),
  );
  rmSync(join(folder, 'b.report.html'), { recursive: true });
  const again = await write('b');
  expect(again.problem).toBeUndefined();
  expect(again.files).toContain(join(folder, 'b.report.html'));
});
