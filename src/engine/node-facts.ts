import type { Answer, AnswerSheet } from '../domain/answer.js';
import type { AnyProbe } from '../domain/probe.js';
import { visibleLine } from '../domain/visible.js';

type Facts = Readonly<Record<string, string>>;

/** Facts of nodes by their answers; an answer that nodes share is put into words once. */
export function factsReader(probes: readonly AnyProbe[]): (answers: AnswerSheet) => Facts {
  const tellers = probes.flatMap(({ id, facts }) =>
    facts === undefined ? [] : [{ id, tell: teller(facts) }],
  );
  return (answers) => {
    const all: Record<string, string> = {};
    for (const { id, tell } of tellers)
      for (const [key, words] of tell(answers.get(id))) all[key] ??= words;
    return all;
  };
}

type Told = readonly (readonly [key: string, words: string])[];
const NOTHING: Told = [];

function teller(
  facts: NonNullable<AnyProbe['facts']>,
): (answer: Answer<unknown> | undefined) => Told {
  const before = new Map<Answer<unknown>, Told>();
  return (answer) => {
    if (answer?.state !== 'known') return NOTHING;
    const known = before.get(answer);
    if (known !== undefined) return known;
    const told = Object.entries(facts(answer.value)).map(
      ([key, value]) => [key, visibleLine(value)] as const,
    );
    before.set(answer, told);
    return told;
  };
}
