import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MANIFEST, writeManifest } from '../../../src/bundle/manifest.js';
import { writeTar } from '../../../src/bundle/tar.js';
import { openArchive } from '../../../src/bundle/verify-bundle.js';
import { packBundle } from '../../../src/bundle/write-bundle.js';
import { sampleInput } from '../../bundle/sample.js';
import { builtCli, runCli } from '../../helpers/built.js';

let cwd = '';
let files: ReadonlyMap<string, Buffer>;

beforeAll(async () => {
  await builtCli();
  cwd = mkdtempSync(join(tmpdir(), 'hostile-'));
  ({ files } = await openArchive((await packBundle(sampleInput(), null)).archive));
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

/** The sample bundle with one text replaced wherever a file has it, and a manifest that fits. */
function bundleWith(path: string, from: string, to: string): string {
  const changed = new Map(files);
  const text = changed.get(path)?.toString() ?? '';
  expect(text).toContain(from);
  changed.set(path, Buffer.from(text.replaceAll(from, to)));
  const listed = [...changed].filter(([name]) => name !== MANIFEST);
  const all = listed.map(([name, bytes]) => ({ path: name, bytes }));
  const whole = [{ path: MANIFEST, bytes: Buffer.from(writeManifest(all)) }, ...all];
  const archive = writeTar(
    whole.map((file) => ({ ...file, path: `root/${file.path}` })),
    0,
  );
  writeFileSync(join(cwd, 'b.tar.gz'), gzipSync(archive));
  return 'b.tar.gz';
}

const ESCAPE = '\\u001b]0;owned\\u0007';

describe('a bundle that somebody else wrote', () => {
  test.each(['human', 'markdown', 'html', 'junit', 'sarif', 'json'])(
    'steers no terminal with the texts of its report, as %s',
    async (format) => {
      const bundle = bundleWith('report.json', 'There is a kernel', `There is ${ESCAPE}`);
      const ran = await runCli(['report', bundle, '--format', format], { cwd });
      // eslint-disable-next-line no-control-regex -- these are what is looked for
      expect(ran.stdout + ran.stderr).not.toMatch(/[\u001b\u0007]|\\u001b/);
      expect(ran.code).toBe(2);
    },
  );

  test.each([
    ['report.json', '"breaks": []', '"breaks": null', 'nodes.0.findings.0.breaks'],
    ['report.json', '"nodes": [', '"nodse": [', 'nodes'],
    ['report.json', '"status": "pass"', '"status": "fine"', 'nodes.0.findings.0.status'],
  ])('whose %s has %j as %j is refused', async (path, from, to, at) => {
    const ran = await runCli(['report', bundleWith(path, from, to)], { cwd });
    expect(ran.stderr).toContain(`The bundle cannot be read: report.json is malformed at ${at}.`);
    expect([ran.code, ran.stdout]).toEqual([4, '']);
  });

  test('whose sessions are none is refused', async () => {
    const bundle = bundleWith('nodes/n0001/session.json', '"ssh2"', '["ssh2"]');
    const ran = await runCli(['audit', '--from', bundle], { cwd });
    expect(ran.stderr).toContain('The bundle cannot be read: a session is malformed.');
    expect([ran.code, ran.stdout]).toEqual([4, '']);
  });
});
