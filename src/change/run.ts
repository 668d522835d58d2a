import type { Answer } from '../domain/answer.js';
import { CancelledError, InputError } from '../domain/errors.js';
import type { RunEnd, Session } from '../domain/transport.js';
import { visible } from '../domain/visible.js';
import { parseJournalList } from './journal.js';
import { parseChangeResult, type Asked } from './outcome.js';
import { composeApply } from './script-apply.js';
import { composeJournalList, composeUndo } from './script-undo.js';
import type { Change, ChangeOutcome, JournalEntry, Prelude } from './types.js';
import { preludeLine } from './valid.js';

export type RunOptions = Omit<Prelude, 'changeId'> & {
  /** The node's name, for messages. */
  readonly node: string;
  readonly signal: AbortSignal;
  /** Milliseconds for the whole script. */
  readonly deadlineMs: number;
};

const MAX_OUTPUT = 256 * 1024;

type Ran = { readonly stdout: string; readonly end: RunEnd };

/** Keeps what was printed even when the run is cancelled: `end` then counts as lost. */
async function run(session: Session, script: string, options: RunOptions): Promise<Ran> {
  const decoder = new TextDecoder('utf-8');
  let stdout = '';
  const request = {
    script,
    deadlineMs: options.deadlineMs,
    maxStdout: MAX_OUTPUT,
    maxStderr: MAX_OUTPUT,
    runAs: 'root' as const,
    onStdout: (chunk: Uint8Array) => {
      if (stdout.length < MAX_OUTPUT) stdout += decoder.decode(chunk, { stream: true });
    },
    onStderr: () => undefined,
  };
  try {
    return { end: await session.run(request, options.signal), stdout };
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    return { end: { kind: 'lost' }, stdout };
  }
}

function refuseWhenCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new CancelledError('cancelled before the change began');
}

async function change(
  session: Session,
  text: string,
  verb: Asked['verb'],
  options: RunOptions & { readonly changeId: string },
): Promise<ChangeOutcome> {
  const script = `${preludeLine(options)}${text}`;
  refuseWhenCancelled(options.signal);
  const { stdout, end } = await run(session, script, options);
  const { node, nonce, changeId } = options;
  return parseChangeResult(stdout, end, { verb, node, nonce, changeId });
}

/** The text, or the outcome for a fix that the script cannot carry out exactly. */
function composed(what: Change): string | ChangeOutcome {
  try {
    return composeApply(what);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const message = visible(`${error.message} Nothing was changed. ${error.nextStep}`);
    return { phase: 'failed', message, steps: [] };
  }
}

/**
 * Applies one change, once. Never retries: a lost connection, a passed deadline and a cancel on the way are `uncertain`.
 * Rejects with CancelledError when it was cancelled before it began.
 */
export async function applyFix(
  session: Session,
  what: Change,
  options: RunOptions & { readonly changeId: string },
): Promise<ChangeOutcome> {
  const text = composed(what);
  return typeof text === 'string' ? change(session, text, 'apply', options) : text;
}

/** Undoes the change with this id, or with an empty id the newest one still in force. */
export const undoChange = (
  session: Session,
  options: RunOptions & { readonly changeId: string },
): Promise<ChangeOutcome> => change(session, composeUndo(), 'undo', options);

/** The node's journal, oldest change first; unknown with the reason when it could not be read whole. */
export async function listChanges(
  session: Session,
  options: RunOptions,
): Promise<Answer<readonly JournalEntry[]>> {
  const script = `${preludeLine({ ...options, changeId: '' })}${composeJournalList()}`;
  refuseWhenCancelled(options.signal);
  const { stdout, end } = await run(session, script, options);
  return parseJournalList(stdout, end, options.nonce);
}
