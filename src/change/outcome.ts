import type { RunEnd } from '../domain/transport.js';
import { visible, visibleLine } from '../domain/visible.js';
import { saidLines } from './lines.js';
import { lookByHand, sentence } from './sentences.js';
import type { ChangeOutcome } from './types.js';
import { CHANGE_ID } from './valid.js';

/** What was asked, so that only an answer to that counts. */
export type Asked = {
  readonly verb: 'apply' | 'undo';
  /** The node's name, for messages. */
  readonly node: string;
  readonly nonce: string;
  /** Empty for an undo of the newest change. */
  readonly changeId: string;
};

const RESULT =
  /^result (applied|failed|undone) (-|[A-Za-z0-9][A-Za-z0-9-]{0,63}) ([a-z-]{1,40})(?: (.{0,300}))?$/;

const END_WORDS: Readonly<Record<RunEnd['kind'], string>> = {
  exited: 'the node did not tell how it ended',
  signalled: 'the script was killed',
  lost: 'the connection was lost',
  deadline: 'it took too long',
  limit: 'the node printed too much',
  refused: 'it was refused',
};

const idPart = (id: string): { readonly changeId?: string } => (id === '' ? {} : { changeId: id });

function uncertain(asked: Asked, why: string, steps: readonly string[]): ChangeOutcome {
  const change = asked.verb === 'apply' ? 'made' : 'undone';
  const id = asked.changeId;
  const back = id === '' ? '' : ` To go back: calico-ready undo ${asked.node} --change ${id}.`;
  const message = `It is not known whether the change was ${change} on ${asked.node}: ${why}. It is not tried again. Look by hand: ${lookByHand(asked.node, id)}.${back}`;
  return { phase: 'uncertain', message: visible(message), ...idPart(id), steps };
}

type Result = {
  readonly phase: 'applied' | 'failed' | 'undone';
  readonly id: string;
  readonly code: string;
  readonly detail: string;
};

function resultOf(lines: readonly string[]): Result | null {
  const results = lines.filter((line) => line.startsWith('result'));
  const match = RESULT.exec(results.length === 1 ? (lines.at(-2) ?? '') : '');
  if (match === null) return null;
  const [, phase, id = '', code = '', detail = ''] = match;
  if (phase !== 'applied' && phase !== 'failed' && phase !== 'undone') return null;
  return { phase, id: id === '-' ? '' : id, code, detail: visibleLine(detail.trim(), 300) };
}

const GOOD = { apply: ['applied complete'], undo: ['undone complete', 'undone already'] } as const;
const GOOD_CODES: readonly string[] = ['complete', 'already'];

/** The phase and its code fit each other, the question, and the exit status. */
function fits(result: Result, asked: Asked, exit: number): boolean {
  const good = [...GOOD[asked.verb]].some((word) => word === `${result.phase} ${result.code}`);
  const bad = result.phase === 'failed' && !GOOD_CODES.includes(result.code);
  const sameId =
    asked.changeId === '' ? !good || CHANGE_ID.test(result.id) : result.id === asked.changeId;
  return sameId && ((good && exit === 0) || (bad && exit === 1));
}

/**
 * Reads what a change script printed. Anything but a whole, fitting account under the right nonce, from a script that
 * ended by itself, is `uncertain`: never `applied`, and never to be tried again blindly (security.md case 95).
 */
export function parseChangeResult(stdout: string, end: RunEnd, asked: Asked): ChangeOutcome {
  const { state, lines } = saidLines(stdout, asked.nonce, asked.verb);
  const steps = lines
    .filter((line) => line.startsWith('step '))
    .slice(0, 200)
    .map((line) => visibleLine(line.slice(5), 300));
  if (end.kind === 'refused' && lines.length === 0) {
    const message = `The node refused to run the change (${visibleLine(end.why)}). Nothing was changed.`;
    return { phase: 'failed', message, ...idPart(asked.changeId), steps };
  }
  if (end.kind !== 'exited') return uncertain(asked, END_WORDS[end.kind], steps);
  const result = state === 'whole' ? resultOf(lines) : null;
  if (result === null || !fits(result, asked, end.code)) {
    const shown = `${END_WORDS.exited} (status ${String(end.code)})`;
    return uncertain(asked, shown, steps);
  }
  return told(result, asked, steps);
}

function told(result: Result, asked: Asked, steps: readonly string[]): ChangeOutcome {
  const { node } = asked;
  const changeId = result.id;
  if (result.code === 'not-put-back') {
    return uncertain(asked, `a step failed and not all could be put back: ${result.detail}`, steps);
  }
  const words = sentence(asked.verb, result.code, { node, changeId, detail: result.detail });
  if (words === null) return uncertain(asked, END_WORDS.exited, steps);
  return { phase: result.phase, message: visible(words), ...idPart(changeId), steps };
}
