import { CancelledError } from '../../domain/errors.js';
import { reason } from '../../domain/reason.js';
import type { RunEnd } from '../../domain/transport.js';
import { capped } from '../capped.js';
import type { Target } from '../ssh/options.js';
import type { Runner } from '../ssh/run.js';
import { filesIn, runWords } from './command-line.js';
import { readText } from './host-keys.js';
import type { Master } from './master.js';
import type { OpenSshOptions } from './options.js';
import { untilEnd } from '../until-end.js';
import { endGroup, spawnClient } from './process.js';

/** Runs commands as clients of a shared connection, one process each. */
export function runnerOver(options: OpenSshOptions, master: Master, target: Target): Runner {
  let runs = 0;
  return (command, hooks, signal) => {
    if (signal.aborted) return Promise.reject(new CancelledError('cancelled'));
    if (master.isClosed()) return Promise.resolve({ kind: 'lost' });
    runs += 1;
    const log = `${master.folder}/run${String(runs)}`;
    const before = readText(filesIn(master.folder).log).length;
    return untilEnd(hooks.deadlineMs, signal, (end) => {
      const child = spawnClient(options, runWords(master.control, log, target, command));
      child.on('error', () => {
        end({ kind: 'lost' });
      });
      child.stdin.on('error', () => undefined);
      child.stdout.on('data', capped(hooks.maxStdout, hooks.onStdout, 'stdout', end));
      child.stderr.on('data', capped(hooks.maxStderr, hooks.onStderr, 'stderr', end));
      // The shared connection holds its standard streams too, and keeps them when it is killed.
      child.on('exit', (_code, signal) => {
        if (signal !== null) end({ kind: 'lost' });
      });
      child.on('close', () => {
        end(endOf(readText(log), readText(filesIn(master.folder).log).slice(before)));
      });
      hooks.onOpen(child.stdin, end);
      return () => {
        for (const stream of [child.stdout, child.stderr]) {
          stream.removeAllListeners('data');
          stream.resume();
        }
        endGroup(child);
      };
    });
  };
}

/**
 * How a command ended. The exit status of ssh does not tell, for 255 is its own as well as a command's: its log does
 * (mux.c). A signal has no name there.
 */
function endOf(log: string, masterLog: string): RunEnd {
  const code = /Received exit status from master (\d{1,3})/.exec(log)?.[1];
  if (code !== undefined) return { kind: 'exited', code: Number(code) };
  if (/Session open refused|session request failed/i.test(log)) {
    return { kind: 'refused', why: reason('refused', 'the server refused to run a shell') };
  }
  const channel = /master session id: (\d{1,9})/.exec(log)?.[1];
  const signalled = new RegExp(`channel ${channel ?? 'none'} rtype exit-signal `).test(masterLog);
  return signalled ? { kind: 'signalled', signal: 'a signal without a name' } : { kind: 'lost' };
}
