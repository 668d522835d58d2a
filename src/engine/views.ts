import { type AnyClusterCheck } from '../domain/check.js';
import type { Intent } from '../domain/intent.js';
import type { Status } from '../domain/status.js';
import type { Candidate } from './intent-moves.js';
import { judgeCluster, verdictOf, type NodeAnswers } from './judge.js';
import type { AnswerKey, PlannedCheck } from './shared-judgement.js';
import { watchIntent } from './watched-intent.js';

/** Stands for the fleet where a node's index could stand. */
export const FLEET = -1;

export type Said = {
  readonly status: Status;
  /** The keys of the intent that it was judged by. */
  readonly keys: ReadonlySet<string>;
  /** The same for nodes that share it. */
  readonly id: number;
};

/** What checks say under one intent; each is asked once for nodes that share their answers. */
export type View = (place: number, check: number) => Said;

export type Ground = {
  readonly checks: readonly PlannedCheck[];
  readonly cluster: readonly AnyClusterCheck[];
  readonly fleet: readonly NodeAnswers[];
  readonly keyOf: AnswerKey;
};

export function viewOf(ground: Ground, intent: Intent): View {
  const watch = watchIntent(intent);
  const shared = ground.checks.map(() => new Map<string, Said>());
  const own = new Map<string, Said>();
  let ids = 0;
  const fresh = (work: (seen: Intent) => Status): Said => {
    const { value, keys } = watch(work);
    ids += 1;
    return { status: value, keys, id: ids };
  };
  const judgeFleet = (check: AnyClusterCheck): Said =>
    fresh((seen) => judgeCluster(check, ground.fleet, seen).status);
  const judgeOne = ({ check }: PlannedCheck, { node, answers }: NodeAnswers) => {
    let looked = false;
    const said = fresh(
      (seen) =>
        verdictOf(check, answers, {
          intent: seen,
          get node() {
            looked = true;
            return node;
          },
        }).verdict.status,
    );
    return { said, looked };
  };
  return (place, check) => {
    const mine = `${String(place)} ${String(check)}`;
    const kept = own.get(mine);
    if (kept !== undefined) return kept;
    const planned = ground.checks[check];
    const told = ground.fleet[place];
    const common = ground.cluster[check];
    if (place === FLEET && common !== undefined) {
      const said = judgeFleet(common);
      own.set(mine, said);
      return said;
    }
    if (planned === undefined || told === undefined) throw new Error('no such check or node');
    const key = ground.keyOf(planned, told.answers);
    const before = shared[check]?.get(key);
    if (before !== undefined) return before;
    const { said, looked } = judgeOne(planned, told);
    if (looked) own.set(mine, said);
    else shared[check]?.set(key, said);
    return said;
  };
}

/** Views by what they change, each made when it is first looked at. */
export function viewsOf(ground: Ground): (candidate: Candidate) => View {
  const views = new Map<string, View>();
  return (candidate) => {
    const key = JSON.stringify(Object.entries(candidate.changes).sort());
    const kept = views.get(key) ?? viewOf(ground, candidate.intent);
    views.set(key, kept);
    return kept;
  };
}
