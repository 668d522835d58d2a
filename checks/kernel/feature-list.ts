import { fail, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import type { KernelFeature } from '../requirements/kernel-feature.js';
import {
  counts,
  judgeFeature,
  lostInCut,
  TO_KNOW,
  tornWords,
  wordsOf,
  type FeatureState,
} from './feature.js';
import type { KernelFacts } from './witnesses.js';

const inState = (states: readonly FeatureState[], state: FeatureState['state']) =>
  states.filter((item) => item.state === state);

export const namesOf = (features: readonly KernelFeature[]): string =>
  features.map(({ name }) => name).join(', ');
const featuresOf = (states: readonly FeatureState[]) => states.map(({ feature }) => feature);

/**
 * All of these are needed: the first thing that is missing decides, and every missing one is named. Pure.
 */
export function judgeAll(features: readonly KernelFeature[], facts: KernelFacts) {
  const states = features
    .map((feature) => judgeFeature(feature, facts))
    .filter((state) => counts(state, facts));
  return {
    missing: inState(states, 'missing'),
    silent: inState(states, 'silent'),
    torn: inState(states, 'torn'),
    usable: inState(states, 'usable'),
  };
}

/** The usable ones in a few words, with what shows the first of them. */
export function usableWords(usable: readonly FeatureState[]): string {
  const alone = usable.every(({ byConfigurationAlone }) => byConfigurationAlone === true);
  const [first] = usable;
  const how = first === undefined ? '' : ` (${first.how})`;
  const verb = usable.length === 1 ? 'is' : 'are';
  return `${namesOf(featuresOf(usable))} ${verb} there${alone ? ' by the configuration alone' : ''}${how}`;
}

export type NeededAndHelpful = {
  /** Each must be there. */
  readonly needed: readonly KernelFeature[];
  /** What is missing of these is a warning. */
  readonly helpful: readonly KernelFeature[];
  readonly expected: string;
  /** Words put behind a pass, such as what was not looked at. */
  readonly remark?: string;
};

/** The verdict on what is needed, and what helps beside it. */
export function verdictOnAll(
  { needed, helpful, expected, remark = '' }: NeededAndHelpful,
  facts: KernelFacts,
): Verdict {
  const must = judgeAll(needed, facts);
  if (must.missing.length > 0) return fail(must.missing.map(wordsOf).join('; '), expected);
  if (must.silent.length > 0) {
    const names = namesOf(featuresOf(must.silent));
    return unknown(
      reason('not-run', `none of the outputs at hand tells whether the kernel has ${names}`),
      TO_KNOW,
    );
  }
  const also = judgeAll(helpful, facts);
  const torn = [...must.torn, ...also.torn];
  if (torn.length > 0) return warn(tornWords(torn), expected);
  const there = usableWords(must.usable);
  const lost = lostInCut(also.silent, facts);
  if (lost !== null) return lost;
  if (also.missing.length > 0) {
    return warn(`${there}; not there: ${also.missing.map(wordsOf).join('; ')}`, expected);
  }
  return pass(`${there}${remark}`);
}
