import { fail, pass, unknown, warn, type Verdict } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import type { KernelFeature } from '../requirements/kernel-feature.js';
import { contradictions } from './contradictions.js';
import {
  modprobeAnswers,
  statementsOn,
  wasAskedFor,
  type KernelFacts,
  type Statements,
} from './witnesses.js';

/**
 * One feature in the light of all witnesses. `torn`: the witnesses disagree, and none of both sides can be believed;
 * `silent`: none of them speaks of it.
 */
export type FeatureState = {
  readonly state: 'usable' | 'torn' | 'missing' | 'silent';
  readonly feature: KernelFeature;
  /** What the witnesses say, in words. */
  readonly how: string;
  /** The configuration is the only witness that speaks. */
  readonly byConfigurationAlone?: boolean;
  /** Torn between now and the next start: it is there, and a rule keeps it from being loaded again. */
  readonly fading?: boolean;
};

type Judged = Omit<FeatureState, 'feature'>;

const join = (...lists: readonly (readonly string[])[]): string => lists.flat().join('; ');

/** Disagreement: both sides are named, and it is no pass. */
const torn = (one: readonly string[], other: readonly string[]): Judged => ({
  state: 'torn',
  how: `${join(one.slice(0, 2))}, but ${join(other)}`,
});
const missing = (...lists: readonly (readonly string[])[]): Judged => ({
  state: 'missing',
  how: join(...lists),
});

function whenSeen(said: Statements): Judged {
  const seen = [...said.running, ...said.builtin];
  if (said.notConfigured.length > 0) return torn(seen, said.notConfigured);
  const isFixed = said.builtin.length > 0 || said.configuredIn.length > 0;
  // What is built in needs no loading; what is loaded now would be missing after a restart.
  return said.disabled.length > 0 && !isFixed
    ? { ...torn(seen, said.disabled), fading: true }
    : { state: 'usable', how: join(seen.slice(0, 2)) };
}

function whenLoadable(said: Statements): Judged {
  if (said.disabled.length > 0 && said.configuredIn.length === 0) {
    return missing(said.loadable.slice(0, 1), said.disabled);
  }
  const against = [...said.notConfigured, ...said.notInstalled];
  return against.length > 0
    ? torn(said.loadable, against)
    : { state: 'usable', how: join(said.loadable.slice(0, 2)) };
}

function byConfiguration(said: Statements): Judged {
  if (said.configuredIn.length > 0) {
    if (said.notBuiltIn.length > 0) return torn(said.configuredIn, said.notBuiltIn);
    return { state: 'usable', how: join(said.configuredIn), byConfigurationAlone: true };
  }
  // Built as a module, and that module cannot be had: a missing modules package, or a kernel that was upgraded
  // without a restart.
  const against = [...said.disabled, ...said.notInstalled];
  return against.length > 0
    ? missing(said.configuredAsModule, against)
    : { state: 'usable', how: join(said.configuredAsModule), byConfigurationAlone: true };
}

function weigh(said: Statements): Judged {
  if (said.running.length + said.builtin.length > 0) return whenSeen(said);
  if (said.loadable.length > 0) return whenLoadable(said);
  if (said.configuredIn.length + said.configuredAsModule.length > 0) return byConfiguration(said);
  if (said.notConfigured.length > 0) return missing(said.notConfigured);
  // Somebody took care that it cannot be loaded, and nothing shows that it is there all the same.
  if (said.disabled.length > 0) return missing(said.disabled);
  return { state: 'silent', how: join(said.notInstalled) };
}

/** Usable when one witness shows it and none contradicts (design: verdicts that need one wording). Pure. */
export function judgeFeature(feature: KernelFeature, facts: KernelFacts): FeatureState {
  const said = statementsOn(feature, facts);
  const judged = weigh(said);
  const wrong = contradictions(feature, facts, modprobeAnswers(facts));
  // One of both is wrong, so a verdict that rests on them cannot be believed.
  if (wrong !== null && judged.state !== 'silent') {
    return { feature, ...torn([wrong.one], [wrong.other]) };
  }
  // With both lists at hand a module that is in neither is not there, even without a configuration.
  const looked = [facts.modulesDep, facts.modulesBuiltin].every(
    (index) => index?.there === true && wasAskedFor(feature, index),
  );
  const isGone =
    judged.state === 'silent' && looked && said.notInstalled.length > 0 && feature.inside !== true;
  return { ...judged, feature, ...(isGone ? { state: 'missing' as const } : {}) };
}

/**
 * What has no module of its own counts only where the configuration speaks of it; of one that was cut nobody can say that
 * it does not.
 */
export const counts = ({ state, feature }: FeatureState, facts: KernelFacts): boolean =>
  feature.modules.length > 0 || state !== 'silent' || facts.bootConfig?.cut === true;

/** The words of a state for a finding. */
export const wordsOf = ({ feature, how, byConfigurationAlone }: FeatureState): string =>
  byConfigurationAlone === true
    ? `${feature.name}: ${how}, by its configuration alone`
    : `${feature.name}: ${how}`;

export const TO_KNOW =
  'Give the kernel configuration too (cat /boot/config-$(uname -r) or zcat /proc/config.gz), or audit the node itself.';

/** Nobody spoke: lists of what is loaded say nothing of what can be loaded. */
export const unheard = (names: string): Verdict =>
  unknown(
    reason('not-run', `none of the outputs at hand tells whether the kernel has ${names}`),
    TO_KNOW,
  );

/**
 * Nobody speaks of these, and the configuration, which whole might have said that they are missing, was cut or damaged:
 * half of it must not be worth more. Null where that is not so.
 */
export function lostInCut(states: readonly FeatureState[], facts: KernelFacts): Verdict | null {
  const silent = states.filter(({ state }) => state === 'silent');
  if (facts.bootConfig?.cut !== true || silent.length === 0) return null;
  const names = silent.map(({ feature }) => feature.name).join(', ');
  return unknown(
    reason(
      'truncated',
      `the configuration of the kernel was cut or damaged and does not tell of ${names}`,
    ),
    TO_KNOW,
  );
}

/** The words for features on which the witnesses disagree, or that will not be there after a restart. */
export function tornWords(states: readonly FeatureState[]): string {
  const join = (items: readonly FeatureState[]): string => items.map(wordsOf).join('; ');
  const fading = states.filter(({ fading: is }) => is === true);
  const rest = states.filter(({ fading: is }) => is !== true);
  return [
    ...(rest.length > 0 ? [`witnesses disagree on ${join(rest)}`] : []),
    ...(fading.length > 0 ? [`there now, but not after a restart: ${join(fading)}`] : []),
  ].join('. ');
}

/** The verdict on a single feature. */
export function verdictOn(state: FeatureState): Verdict {
  const expected = `${state.feature.name} built into the running kernel or loadable`;
  switch (state.state) {
    case 'usable':
      return pass(wordsOf(state));
    case 'torn':
      return warn(tornWords([state]), expected);
    case 'missing':
      return fail(wordsOf(state), expected);
    case 'silent':
      return unheard(state.feature.name);
  }
}
