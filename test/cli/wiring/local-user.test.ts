import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportSchema } from '../../../src/cli/report-schema.js';
import { builtCli } from '../../helpers/built.js';
import { describeAsRoot } from '../../helpers/require-tool.js';

/** A number that no line of the user database has, as containers give it. */
const NOBODYS = 1_234_567_890;

describeAsRoot('a user without a line in the user database', () => {
  test('audits this machine and others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nameless-'));
    chmodSync(folder, 0o755);
    const file = join(folder, 'calico-ready.mjs');
    await copyFile(await builtCli(), file);
    writeFileSync(join(folder, 'hosts'), '127.0.0.1:1\n', { mode: 0o644 });
    try {
      const args = ['audit', '--local', '--inventory', 'hosts', '--format', 'json'];
      const child = spawn(process.execPath, [file, ...args], {
        cwd: folder,
        uid: NOBODYS,
        gid: NOBODYS,
        env: { PATH: process.env['PATH'] },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk) => (out += String(chunk)));
      child.stderr.on('data', (chunk) => (err += String(chunk)));
      await new Promise((done) => child.once('close', done));
      expect(err).toBe('');
      const [other, own] = reportSchema.parse(JSON.parse(out)).nodes;
      expect(other?.reason).toMatch(/^refused: /);
      expect(own).toMatchObject({ name: 'this-machine', reached: true });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
