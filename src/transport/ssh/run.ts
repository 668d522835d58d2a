import type { Client, ClientChannel } from 'ssh2';
import { CancelledError } from '../../domain/errors.js';
import { reason } from '../../domain/reason.js';
import type { RunEnd, RunRequest } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import { capped } from '../capped.js';

/** A command that every login shell understands alike; the text itself goes to standard input (security.md B10). */
export const SHELL = 'exec /bin/sh -s';

export type ChannelHooks = Pick<
  RunRequest,
  'deadlineMs' | 'maxStdout' | 'maxStderr' | 'onStdout' | 'onStderr'
> & {
  /** Called once the command runs; writes its input. `end` ends the run from this side. */
  readonly onOpen: (input: RemoteInput, end: (how: RunEnd) => void) => void;
};

/** Standard input of a command on the node. */
export type RemoteInput = {
  write(bytes: Uint8Array, done?: () => void): unknown;
  end(text: string): unknown;
};

/** Runs one command on the node over an open connection of whatever kind. Rejects only with CancelledError. */
export type Runner = (command: string, hooks: ChannelHooks, signal: AbortSignal) => Promise<RunEnd>;

export const runnerOf =
  (client: Client): Runner =>
  (command, hooks, signal) =>
    runChannel(client, command, hooks, signal);

/** Runs a script by the login user's own /bin/sh. Resolves however it ends; rejects only with CancelledError. */
export function runAsLogin(run: Runner, request: RunRequest, signal: AbortSignal): Promise<RunEnd> {
  const onOpen = (input: RemoteInput): void => {
    input.end(request.script);
  };
  return run(SHELL, { ...request, onOpen }, signal);
}

/**
 * One command on one channel. Both streams are always drained, for a full window stops the peer; a channel that
 * closes without an exit status was lost; nothing of ours outlives the end.
 */
function runChannel(
  client: Client,
  command: string,
  hooks: ChannelHooks,
  signal: AbortSignal,
): Promise<RunEnd> {
  return new Promise((resolve, reject) => {
    let channel: ClientChannel | null = null;
    let exit: RunEnd = { kind: 'lost' };
    let settled = false;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      client.removeListener('close', onGone);
      if (channel !== null) abandon(channel);
      act();
    };
    const end = (how: RunEnd): void => {
      settle(() => {
        resolve(how);
      });
    };
    const onGone = (): void => {
      end({ kind: 'lost' });
    };
    const onAbort = (): void => {
      settle(() => {
        reject(new CancelledError('cancelled'));
      });
    };
    const timer = setTimeout(() => {
      end({ kind: 'deadline' });
    }, hooks.deadlineMs);
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    client.on('close', onGone);
    const onChannel = (opened: ClientChannel): void => {
      channel = opened;
      if (settled) {
        abandon(opened);
        return;
      }
      opened.on('exit', (code: number | null, name?: string) => {
        exit = endOf(code, name);
      });
      opened.on('close', () => {
        end(exit);
      });
      opened.on('data', capped(hooks.maxStdout, hooks.onStdout, 'stdout', end));
      opened.stderr.on('data', capped(hooks.maxStderr, hooks.onStderr, 'stderr', end));
      opened.on('error', () => undefined);
      hooks.onOpen(opened, end);
    };
    const open = (waits: readonly number[]): void => {
      if (settled) return;
      try {
        client.exec(command, (error, opened) => {
          const [wait, ...later] = waits;
          if (error === undefined) onChannel(opened);
          else if (wait !== undefined && /Channel open failure/.test(error.message)) {
            setTimeout(open, wait, later);
          } else if (!GONE.test(error.message)) end(refused(error));
        });
      } catch {
        onGone();
      }
    };
    open(REOPEN_WAITS_MS);
  });
}

/** After the connection went down every waiting channel is refused: `close` follows and says lost. */
const GONE = /No response from server|Not connected/;

// sshd counts a session (MaxSessions) until it has reaped its process, a moment after the channel was closed.
const REOPEN_WAITS_MS = [50, 200, 500, 1000];

function endOf(code: number | null, signal: string | undefined): RunEnd {
  if (code !== null) return { kind: 'exited', code };
  return { kind: 'signalled', signal: visibleLine(signal ?? 'unknown', 32) };
}

const refused = (error: Error): RunEnd => ({
  kind: 'refused',
  why: reason('refused', `the server refused to run a shell (${visibleLine(error.message, 120)})`),
});

/** Lets go of a channel; what it still sends is thrown away, so that the connection lives on. */
function abandon(channel: ClientChannel): void {
  for (const stream of [channel, channel.stderr]) {
    stream.removeAllListeners('data');
    stream.resume();
  }
  channel.removeAllListeners('close');
  channel.on('error', () => undefined);
  try {
    channel.close();
  } catch {
    // Already closed, or the connection is gone.
  }
}
