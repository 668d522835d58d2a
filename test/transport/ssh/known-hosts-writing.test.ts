import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeHostKey } from '../../../src/cli/demo/host-key.js';
import { rememberHostKey } from '../../../src/transport/ssh/known-hosts-files.js';
import { judgeHostKey, parseKnownHosts } from '../../../src/transport/ssh/known-hosts.js';
import { folder } from './fault-rig.js';

const known = (): string => join(folder, 'known_hosts');

describe('known_hosts is added to, never rewritten', () => {
  const key = Buffer.from(makeHostKey().public, 'base64');
  const name = { host: 'n1', port: 22 };
  const linesOf = (): readonly string[] =>
    readFileSync(known(), 'utf8').split('\n').filter(Boolean);

  test('a missing folder is made 0700, the file 0600, whatever the umask', async () => {
    const before = process.umask(0);
    const file = join(folder, 'home', '.ssh', 'known_hosts');
    await rememberHostKey(file, name, key, false).finally(() => process.umask(before));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'home', '.ssh')).mode & 0o777).toBe(0o700);
  });
  test('the mode and the lines of a file that is there stay', async () => {
    writeFileSync(known(), '# mine\r\n  odd line without end');
    chmodSync(known(), 0o644);
    await rememberHostKey(known(), name, key, true);
    expect(readFileSync(known(), 'utf8')).toMatch(
      /^# mine\r\n {2}odd line without end\n\|1\|\S+ ssh-ed25519 \S+\n$/,
    );
    expect(statSync(known()).mode & 0o777).toBe(0o644);
    const found = execFileSync('ssh-keygen', ['-F', 'n1', '-f', known()], { encoding: 'utf8' });
    expect(found).toContain('found: line 3');
  });
  test('a fleet that writes at once writes whole lines, and each host once', async () => {
    const hosts = Array.from({ length: 60 }, (_, index) => `h${String(index % 30)}`);
    writeFileSync(known(), 'no newline');
    await Promise.all(
      hosts.map((host) => rememberHostKey(known(), { host, port: 22 }, key, false)),
    );
    expect(linesOf()).toHaveLength(31);
    const { lines, skipped } = parseKnownHosts(readFileSync(known(), 'utf8'), known());
    expect([lines.length, skipped]).toEqual([30, 1]);
  });
  test('what another process wrote meanwhile is not contradicted', async () => {
    writeFileSync(known(), `n1 ssh-ed25519 ${makeHostKey().public}\n`);
    await rememberHostKey(known(), name, key, false);
    expect(linesOf()).toHaveLength(1);
    const { lines } = parseKnownHosts(readFileSync(known(), 'utf8'), known());
    expect(judgeHostKey(lines, name, key).status).toBe('changed');
  });
  test('another process that appends at the same time loses nothing', async () => {
    const script = `i=0; while [ $i -lt 200 ]; do echo "other$i ssh-ed25519 ${key.toString('base64')}" >> "$1"; i=$((i+1)); done`;
    const ours = async (): Promise<void> => {
      for (let index = 0; index < 40; index += 1) {
        await rememberHostKey(known(), { host: `mine${String(index)}`, port: 22 }, key, false);
      }
    };
    const child = spawn('/bin/sh', ['-c', script, 'sh', known()]);
    const ended = new Promise((resolve) => child.once('close', resolve));
    await Promise.all([ours(), ended]);
    expect(linesOf()).toHaveLength(240);
  });
});
