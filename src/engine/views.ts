import type { AnyClusterCheck } from '../domain/check.js';
import type { Intent } from '../domain/intent.js';
import type { Status } from '../domain/status.js';
import { keyOf, type Candidate } from './intent-moves.js';
import { verdictOf, type ClusterJudge, type NodeAnswers } from './judge.js';
import { sharedWork, type AnswerKey, type PlannedCheck } from './shared-judgement.js';
import { watching, type Watched } from './watched.js';

/** Stands for the fleet where a node's index could stand. */
export const FLEET = -1;

/** What checks say under one intent; each is asked once for nodes that share what it looks at. */
export type View = (place: number, check: number) => Watched<Status>;

export type Ground = {
  readonly checks: readonly PlannedCheck[];
  readonly cluster: readonly AnyClusterCheck[];
  readonly fleet: readonly NodeAnswers[];
  /** Judges that fleet. */
  readonly judgeCluster: ClusterJudge;
  readonly keyOf: AnswerKey;
};

export function viewOf(ground: Ground, intent: Intent): View {
  const watch = watching(intent);
  const ofNode = sharedWork(
    intent,
    ground.keyOf,
    (check, answers, context) => verdictOf(check, answers, context).verdict.status,
  );
  const cluster = new Map<number, Watched<Status>>();
  const ofFleet = (check: number): Watched<Status> => {
    const common = ground.cluster[check];
    if (common === undefined) throw new Error('no such check of the fleet');
    const said = cluster.get(check) ?? watch((seen) => ground.judgeCluster(common, seen).status);
    cluster.set(check, said);
    return said;
  };
  return (place, check) => {
    if (place === FLEET) return ofFleet(check);
    const planned = ground.checks[check];
    const told = ground.fleet[place];
    if (planned === undefined || told === undefined) throw new Error('no such check or node');
    return ofNode(planned, told.answers, told.node);
  };
}

/** Views by what they change, each made when it is first looked at. */
export function viewsOf(ground: Ground): (candidate: Candidate) => View {
  const views = new Map<string, View>();
  const known = new WeakMap<Candidate, View>();
  return (candidate) => {
    const before = known.get(candidate);
    if (before !== undefined) return before;
    const key = keyOf(candidate);
    const view = views.get(key) ?? viewOf(ground, candidate.intent);
    views.set(key, view);
    known.set(candidate, view);
    return view;
  };
}
