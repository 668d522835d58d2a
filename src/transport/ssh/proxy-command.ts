import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { visibleLine } from '../../domain/visible.js';
import { connectError } from './errors.js';

const MOST_WORDS = 2_000;

/**
 * The standard streams of a command as a connection, as ssh_config(5), ProxyCommand has it: run by the shell with
 * `exec`, so that ending the connection ends the command. What it says on standard error is told when it fails.
 */
export function openProxyCommand(command: string, where: string): Duplex {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-MOST_WORDS);
  });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  const fail = (why: string): void => {
    if (stream.destroyed) return;
    const words = said.trim() === '' ? why : `${why}: ${said.trim()}`;
    stream.destroy(
      connectError(
        'no-route',
        `${where}: the ProxyCommand ${visibleLine(words, 200)}`,
        'Try the command by hand; it stands in the SSH configuration.',
      ),
    );
  };
  child.on('error', (error) => {
    fail(`cannot be started (${error.message})`);
  });
  child.on('close', (code) => {
    if (code !== 0 && code !== null) fail(`ended with status ${String(code)}`);
  });
  stream.on('close', () => {
    child.kill();
  });
  // A late error must not end the process.
  stream.on('error', () => undefined);
  return stream;
}
