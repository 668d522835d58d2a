import type { Readiness } from '../../domain/status.js';
import { READINESS } from '../../domain/status.js';
import { canPick } from '../fix-items.js';
import { lookup } from '../records.js';
import type { SessionState } from '../state.js';
import { STEPS, type StepId } from '../steps.js';

const NEEDS_NODES: readonly StepId[] = ['intent', 'access', 'survey'];

/** Whether the wizard may go to a step. Nodes that do not answer hold nobody back. */
export function isReachable(step: StepId, state: SessionState): boolean {
  if (step === 'nodes') return true;
  return NEEDS_NODES.includes(step) ? state.nodes.length > 0 : state.report !== null;
}

/** What is missing before a step can be reached, as a sentence; null when it can be. */
export function whyNotReachable(step: StepId, state: SessionState): string | null {
  if (isReachable(step, state)) return null;
  return state.nodes.length === 0 ? 'Add a node first.' : 'Run the survey first.';
}

const position = (step: StepId): number => STEPS.findIndex(({ id }) => id === step);

const isPast = (step: StepId, state: SessionState): boolean =>
  state.report !== null || position(state.step) > position(step);

function accessDone(state: SessionState): boolean {
  const asked = new Set(
    state.evidence.filter((item) => item.unreached === undefined).map((item) => item.node),
  );
  return (
    state.nodes.length > 0 &&
    state.nodes.every(
      ({ name }) => asked.has(name) || lookup(state.nodeAccess, name)?.phase === 'open',
    )
  );
}

const surveyDone = (state: SessionState): boolean => {
  const asked = new Set(state.evidence.map((item) => item.node));
  return state.nodes.length > 0 && state.nodes.every(({ name }) => asked.has(name));
};

const DONE: Readonly<Record<StepId, (state: SessionState) => boolean>> = {
  nodes: (state) => state.nodes.length > 0,
  intent: (state) => state.nodes.length > 0 && isPast('intent', state),
  access: accessDone,
  survey: surveyDone,
  findings: (state) => state.report !== null,
  // Paths between nodes are not tested by this version, and what was not tested is not done.
  paths: () => false,
  fixes: (state) => state.report !== null && !state.fixes.some(canPick),
  'sign-off': (state) => readiness(state) === READINESS.ready,
  export: (state) => state.exported !== null && state.exported.problem === undefined,
};

/** Whether a step has nothing left to do. */
export const isDone = (step: StepId, state: SessionState): boolean => DONE[step](state);

/** The fleet's readiness; unknown before the first survey. */
export const readiness = (state: SessionState): Readiness =>
  state.report?.readiness ?? READINESS.unknown;

/** The step before and after, or null at the ends. */
export const stepBefore = (step: StepId): StepId | null => STEPS[position(step) - 1]?.id ?? null;
export const stepAfter = (step: StepId): StepId | null => STEPS[position(step) + 1]?.id ?? null;
/** Counted from 1, for `n/9`. */
export const stepNumber = (step: StepId): number => position(step) + 1;
