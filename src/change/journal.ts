import { known, notKnown, type Answer } from '../domain/answer.js';
import { reason } from '../domain/reason.js';
import type { RunEnd } from '../domain/transport.js';
import { saidLines } from './lines.js';
import { JOURNAL_STATES, type JournalEntry } from './types.js';
import { CHANGE_ID, CHECK_ID, JOURNAL, TIME, WAY } from './valid.js';

const garbled = (why: string): Answer<never> =>
  notKnown(reason('garbled', `the journal ${JOURNAL} ${why}`));

function entryOf(line: string): JournalEntry | null {
  const [word, id = '', order = '', word2 = '', time = '', check = '', way = '', more] =
    line.split(' ');
  const state = JOURNAL_STATES.find((one) => one === word2);
  const good =
    word === 'change' &&
    more === undefined &&
    [
      CHANGE_ID.test(id),
      /^[1-9]\d{0,8}$/.test(order),
      TIME.test(time),
      CHECK_ID.test(check),
      WAY.test(way),
    ].every(Boolean);
  return good && state !== undefined ? { id, order: Number(order), state, time, check, way } : null;
}

const ENDS: Readonly<Record<RunEnd['kind'], 'lost' | 'timed-out' | 'truncated' | 'denied'>> = {
  exited: 'lost',
  lost: 'lost',
  signalled: 'lost',
  deadline: 'timed-out',
  limit: 'truncated',
  refused: 'denied',
};

/** Reads the printed journal, oldest first. One line that is not of its form makes the whole unknown. */
export function parseJournalList(
  stdout: string,
  end: RunEnd,
  nonce: string,
): Answer<readonly JournalEntry[]> {
  if (end.kind !== 'exited') return notKnown(reason(ENDS[end.kind], 'the journal was not read'));
  const { state, lines } = saidLines(stdout, nonce, 'list');
  if (lines.some((line) => line.startsWith('result failed - not-root')))
    return notKnown(reason('no-privilege', 'the journal can only be read by root'));
  if (state === 'partial' || end.code !== 0) return garbled('was not printed to its end');
  const entries = lines.slice(1, -2).map(entryOf);
  const good = entries.filter((entry) => entry !== null);
  if (good.length !== entries.length || lines.at(-2) !== `total ${String(entries.length)}`)
    return garbled('holds what this version does not know');
  return known(good.sort((a, b) => a.order - b.order));
}
