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
  const stream = new Duplex({
    read: () => {
      child.stdout.resume();
    },
    write: (chunk: Buffer, _encoding, done) => {
      // A command that reads no more has ended or will: its close says why, not the broken pipe.
      child.stdin.write(chunk, () => {
        done();
      });
    },
    final: (done) => {
      child.stdin.end(done);
    },
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  const fail = (why: string): void => {
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
  // The end of its output is handed on only now, when it is known whether it was a failure.
  child.on('close', (code) => {
    if (code === 0 || stream.destroyed) stream.push(null);
    else fail(`ended with status ${String(code ?? 'unknown')}`);
  });
  // It reads no more: the close above says why.
  child.stdin.on('error', () => undefined);
  // A late error must not end the process.
  stream.on('error', () => undefined);
  return stream;
}
