import type { Evidence } from '../domain/evidence.js';
import type { AnyProbe } from '../domain/probe.js';
import { reason, type Reason } from '../domain/reason.js';
import type { RunEnd } from '../domain/transport.js';
import { visibleLine } from '../domain/visible.js';
import { EMPTY, type BoundedBytes } from './bytes.js';
import { STDERR_LIMIT } from './shell-parts.js';

/** A frame that has a beginning and an end. */
export type Frame = {
  readonly stdout: BoundedBytes;
  readonly stderr: BoundedBytes;
  /** Null when the node could not tell. */
  readonly exit: number | null;
  /** Seconds between the two on the node's monotonic clock. */
  readonly seconds: number | null;
  readonly receivedAt: number;
};

type Parts = { readonly stdout: BoundedBytes; readonly stderr: BoundedBytes };

// 124: coreutils' timeout; 137 and 143: killed by KILL or TERM, as BusyBox' timeout and our own fallback leave it.
const STOPPED: readonly (number | null)[] = [124, 137, 143, null];
const KILLED: readonly (number | null)[] = [137, 143];
const DAY = 86_400;

const milliseconds = (seconds: number | null): number | null =>
  seconds !== null && seconds >= 0 && seconds <= DAY ? Math.round(seconds * 1000) : null;

function cutReason(probe: AnyProbe, { stdout, stderr }: Parts): Reason | undefined {
  if (stdout.total > probe.maxBytes) {
    return reason(
      'truncated',
      `${probe.command} printed more than ${String(probe.maxBytes)} bytes`,
    );
  }
  // A refusal of sudo may stand in the part that was cut off.
  return stderr.total > STDERR_LIMIT && probe.rootCommands.length > 0
    ? reason('truncated', `${probe.command} printed too many messages`)
    : undefined;
}

/** What stood between the login user and root while a probe ran; undefined: nothing that may be slow. */
export type Gatekeeper = 'sudo' | 'doas' | undefined;

function endReason(
  probe: AnyProbe,
  { exit, seconds }: Frame,
  gatekeeper: Gatekeeper,
): Reason | undefined {
  const limit = probe.timeoutSeconds;
  const ranOut = seconds === null || seconds >= limit - 0.5;
  if (STOPPED.includes(exit) && ranOut && (exit !== null || seconds !== null)) {
    const slow =
      gatekeeper === undefined || probe.rootCommands.length === 0
        ? ''
        : ` (or ${gatekeeper} itself is slow, as when it waits for a directory service)`;
    return reason(
      'timed-out',
      `${probe.command} did not end within ${String(limit)} seconds${slow}`,
    );
  }
  if (exit === null) return reason('garbled', `${probe.command}: nobody knows how it ended`);
  return KILLED.includes(exit)
    ? reason('lost', `${probe.command} was killed on the node (status ${String(exit)})`)
    : undefined;
}

function evidenceOf(
  { id: probe, command, maxBytes }: AnyProbe,
  parts: Parts | null,
  { exit, durationMs, receivedAt }: Pick<Evidence, 'exit' | 'durationMs' | 'receivedAt'>,
  problem: Reason | undefined,
): Evidence {
  const stdout = atMost(maxBytes, parts?.stdout.bytes() ?? EMPTY);
  const stderr = atLast(STDERR_LIMIT, parts?.stderr.bytes() ?? EMPTY);
  const evidence = { probe, command, stdout, stderr, exit, durationMs, receivedAt };
  return problem === undefined ? evidence : { ...evidence, problem };
}

// Next to no answer is cut: one view less for each.
const atMost = (limit: number, bytes: Uint8Array): Uint8Array =>
  bytes.length <= limit ? bytes : bytes.subarray(0, limit);
const atLast = (limit: number, bytes: Uint8Array): Uint8Array =>
  bytes.length <= limit ? bytes : bytes.subarray(-limit);

/** Evidence of a whole frame. Clean only when the command ended by itself and nothing was cut. */
export function settle(
  probe: AnyProbe,
  frame: Frame,
  spoilt: Reason | undefined,
  gatekeeper?: Gatekeeper,
): Evidence {
  const ended = endReason(probe, frame, gatekeeper);
  const problem = spoilt ?? cutReason(probe, frame) ?? ended;
  const { receivedAt } = frame;
  const exit = ended === undefined ? frame.exit : null;
  return evidenceOf(
    probe,
    frame,
    { exit, durationMs: milliseconds(frame.seconds), receivedAt },
    problem,
  );
}

/** Evidence of a probe whose end never came, or that never began (`begun` is null). */
export function settleMissing(
  probe: AnyProbe,
  begun: Parts | null,
  end: RunEnd,
  spoilt: Reason | undefined,
): Evidence {
  const problem =
    spoilt ??
    (begun === null
      ? reason('not-run', `${probe.command} was not asked: ${endWords(end)}`)
      : brokenOff(probe, end));
  return evidenceOf(probe, begun, { exit: null, durationMs: null, receivedAt: null }, problem);
}

function brokenOff({ command }: AnyProbe, end: RunEnd): Reason {
  if (end.kind === 'deadline') return reason('timed-out', `${command}: ${endWords(end)}`);
  if (end.kind === 'limit') return reason('truncated', `${command}: ${endWords(end)}`);
  return reason('lost', `${command} broke off: ${endWords(end)}`);
}

/** How a run ended, as the end of a sentence. */
export function endWords(end: RunEnd): string {
  switch (end.kind) {
    case 'exited':
      return `the shell ended with status ${String(end.code)}`;
    case 'signalled':
      return `the shell was killed by ${visibleLine(end.signal, 30)}`;
    case 'lost':
      return 'the connection was lost';
    case 'deadline':
      return 'the time for this node was over';
    case 'limit':
      return `the node printed too much on ${end.which}`;
    case 'refused':
      return visibleLine(end.why);
  }
}
