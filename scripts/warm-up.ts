import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeCacheOf, packCodeCache } from './code-cache.js';
import { loadRest } from './rest.js';

/*
 * warm-up FILE BUILD: runs a built file the way most runs go and keeps what V8 compiled for it as its code cache. V8
 * compiles a function when it is first called, so a cache made before any run holds next to nothing. The demo fleet
 * answers over a real ssh2 connection inside this process; the node of the inventory refuses the connection.
 */
const INVENTORY = 'nodes:\n  - {name: nobody, host: 127.0.0.1, port: 1, user: nobody}\n';

const folder = mkdtempSync(join(tmpdir(), 'calico-ready-warm-up-'));
try {
  const [file = '', build = ''] = process.argv.slice(2);
  process.env['HOME'] = folder;
  process.env['XDG_STATE_HOME'] = folder;
  writeFileSync(join(folder, 'inventory.yaml'), INVENTORY);
  writeFileSync(join(folder, 'known_hosts'), '');
  const output = ['--output', join(folder, 'report')];
  const inventory = ['--inventory', join(folder, 'inventory.yaml')];
  const knownHosts = ['--known-hosts', join(folder, 'known_hosts')];
  const { script, run } = loadRest(file, build);
  for (const args of [
    ['demo', '--format', 'json', ...output],
    ['demo', ...output],
    ['audit', ...inventory, ...knownHosts, '--format', 'json', ...output],
  ]) {
    process.argv = [process.execPath, file, ...args];
    await run();
  }
  const whole = `${codeCacheOf(file)}.${String(process.pid)}`;
  await writeFile(whole, packCodeCache(build, script.createCachedData()));
  await rename(whole, codeCacheOf(file));
  process.exitCode = 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
