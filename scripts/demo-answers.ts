import type { Evidence, NodeEvidence } from '../src/domain/evidence.js';
import type { RecordedAnswer, RecordedAnswers } from '../src/cli/demo/recording.js';

/** Bytes that are UTF-8; throws for others. */
export const text = (bytes: Uint8Array, what: string): string => {
  const decoded = Buffer.from(bytes).toString('utf8');
  if (Buffer.compare(Buffer.from(decoded), Buffer.from(bytes)) !== 0)
    throw new Error(`${what} is not UTF-8`);
  return decoded;
};

function answerOf({ probe, stdout, stderr, exit, durationMs, problem }: Evidence): RecordedAnswer {
  if (problem !== undefined || exit === null)
    throw new Error(`${probe} gave no whole answer: ${problem ?? 'no exit status'}`);
  return {
    stdout: text(stdout, probe),
    ...(stderr.length === 0 ? {} : { stderr: text(stderr, probe) }),
    exit,
    ms: Math.round(durationMs ?? 0),
  };
}

/** What a survey said, as the demo keeps it. Throws when a probe gave no whole answer. */
export const answersOf = (survey: NodeEvidence): RecordedAnswers =>
  Object.fromEntries(survey.evidence.map((item) => [item.probe, answerOf(item)]));

const saysTheSame = (one: RecordedAnswer | undefined, other: RecordedAnswer): boolean =>
  one?.stdout === other.stdout && one.stderr === other.stderr && one.exit === other.exit;

/** What no change brings about: the clock, which the demo tells itself, the memory of init, counters of the kernel. */
const EVER_CHANGING = ['clock', 'proc-1-status', 'sysctl-a'];

/** The answers that are others than before. */
export const differing = (before: RecordedAnswers, after: RecordedAnswers): RecordedAnswers =>
  Object.fromEntries(
    Object.entries(after).filter(
      ([probe, answer]) => !EVER_CHANGING.includes(probe) && !saysTheSame(before[probe], answer),
    ),
  );
