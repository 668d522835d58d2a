import type { Intent } from '../domain/intent.js';
import type { Finding, NodeReport, PathFinding, Suggestion } from '../domain/report.js';
import { READINESS, STATUS, type Status } from '../domain/status.js';
import {
  both,
  doubleMoves,
  keyOf,
  phraseOf,
  singleMoves,
  wordsOf,
  type Candidate,
} from './intent-moves.js';
import { fleetReadiness, readinessOf } from './readiness.js';
import { FLEET, viewOf, viewsOf, type Ground, type View } from './views.js';
import type { Watched } from './watched.js';

/** What a finding hangs on: the keys of the intent that were looked at. The same object for findings that agree. */
export type Hangs = Pick<Watched<unknown>, 'keys'>;

export type Question = Ground & {
  readonly intent: Intent;
  /** Of each node's findings; empty for a node that was not reached. */
  readonly hangs: readonly (readonly Hangs[])[];
  /** As judged under that intent; findings in the order of the checks. */
  readonly nodes: readonly NodeReport[];
  readonly clusterFindings: readonly Finding[];
  readonly paths: readonly PathFinding[];
};

export type Outlook = {
  /** Intents under which this finding is none, in words; undefined where nothing had to be asked. */
  readonly alternatives: (place: number, check: number) => readonly string[] | undefined;
  readonly suggestion?: Suggestion;
};

/** Of the alternatives that pass, this many are named. */
const NAMED = 3;
/** Pairs of changes that are tried for one finding. */
const PAIRS = 90;
/** Combinations that are tried for the fleet. */
const COMBINATIONS = 200;
/** Changes that one suggestion may combine. */
const STEPS = 4;

type Problem = {
  readonly place: number;
  readonly check: number;
  /** It keeps the node or the fleet from being ready. */
  readonly blocks: boolean;
};

const bad = (status: Status): boolean => status === STATUS.fail || status === STATUS.unknown;
const meets = (keys: ReadonlySet<string>, candidate: Candidate): boolean =>
  candidate.keys.some((key) => keys.has(key));

/** What is asked about: required checks that fail; warnings and waived failures only where the check names a way out. */
function problemsOf(question: Question): readonly Problem[] {
  const problems: Problem[] = [];
  const look = (place: number, findings: readonly Finding[]): void => {
    for (const [check, finding] of findings.entries()) {
      const mild = finding.status === STATUS.warn || finding.waivedFrom === STATUS.fail;
      if (finding.status === STATUS.fail) problems.push({ place, check, blocks: true });
      else if (mild && finding.alternatives.length > 0)
        problems.push({ place, check, blocks: false });
    }
  };
  for (const [place, node] of question.nodes.entries())
    if (node.reached) look(place, node.findings);
  look(FLEET, question.clusterFindings);
  return problems;
}

type Search = {
  readonly question: Question;
  readonly base: (place: number, check: number) => Hangs;
  readonly view: (candidate: Candidate) => View;
  readonly singles: readonly Candidate[];
  readonly pairs: (first: Candidate) => readonly Candidate[];
  readonly regresses: (candidate: Candidate, place: number) => boolean;
};

const findingsAt = (question: Question, place: number): readonly Finding[] =>
  place === FLEET ? question.clusterFindings : (question.nodes[place]?.findings ?? []);

function openSearch(question: Question): Search {
  const common = viewOf(question, question.intent);
  const base = (place: number, check: number): Hangs =>
    question.hangs[place]?.[check] ?? common(place, check);
  const view = viewsOf(question);
  const known = new WeakMap<View, Map<number, boolean>>();
  const regresses = (candidate: Candidate, place: number): boolean => {
    const there = view(candidate);
    const places = known.get(there) ?? new Map<number, boolean>();
    known.set(there, places);
    const kept = places.get(place);
    if (kept !== undefined) return kept;
    const worse = findingsAt(question, place).some(
      ({ severity, status }, check) =>
        severity === 'required' &&
        !bad(status) &&
        status !== STATUS.waived &&
        meets(base(place, check).keys, candidate) &&
        bad(there(place, check).value),
    );
    places.set(place, worse);
    return worse;
  };
  const pairs = new Map<Candidate, readonly Candidate[]>();
  return {
    question,
    base,
    view,
    singles: singleMoves(question.intent),
    pairs: (first) => {
      const made = pairs.get(first) ?? doubleMoves(question.intent, first);
      pairs.set(first, made);
      return made;
    },
    regresses,
  };
}

/** A failure is gone when it blocks no more; a warning, when nothing is left to say. */
function solves(search: Search, candidate: Candidate, { place, check, blocks }: Problem): boolean {
  const { value: status } = search.view(candidate)(place, check);
  if (status === STATUS.pass || status === STATUS.notApplicable) return true;
  return blocks && status === STATUS.warn;
}

const safe = (search: Search, candidate: Candidate, place: number): boolean =>
  !search.regresses(candidate, place) && !search.regresses(candidate, FLEET);

/** Two changes: the second makes good what the first one spoils, or the check looks at it because of the first. */
function pairsFor(search: Search, problem: Problem): readonly Candidate[] {
  const found: Candidate[] = [];
  let tried = 0;
  for (const first of search.singles) {
    if (!meets(search.base(problem.place, problem.check).keys, first)) continue;
    const done = solves(search, first, problem);
    const { keys } = search.view(first)(problem.place, problem.check);
    for (const pair of search.pairs(first)) {
      if (!done && !pair.keys.some((key) => keys.has(key) && !first.keys.includes(key))) continue;
      tried += 1;
      if (tried > PAIRS || found.length >= NAMED) return found;
      if (solves(search, pair, problem) && safe(search, pair, problem.place)) found.push(pair);
    }
  }
  return found;
}

/** The intents under which a problem is gone and nothing else of its node is worse, the nearest first. */
function solutionsOf(search: Search, hopeless: Set<Hangs>, problem: Problem): readonly Candidate[] {
  const hangs = search.base(problem.place, problem.check);
  if (hopeless.has(hangs)) return [];
  const touching = search.singles.filter((candidate) => meets(hangs.keys, candidate));
  const solving = touching.filter((candidate) => solves(search, candidate, problem));
  const found = solving.filter((candidate) => safe(search, candidate, problem.place));
  if (found.length > 0) return found.toSorted((a, b) => a.keys.length - b.keys.length);
  const pairs = problem.blocks ? pairsFor(search, problem) : [];
  // Nothing moves the check itself, so nothing will on nodes that say the same.
  if (solving.length === 0 && pairs.length === 0) hopeless.add(hangs);
  return pairs;
}

type Solved = { readonly problem: Problem; readonly solutions: readonly Candidate[] };

/** The nearest intent that solves all of them and spoils nothing on any node; null when none was found. */
function commonSolution(search: Search, solved: readonly Solved[]): Candidate | null {
  const { question, regresses } = search;
  const places = [FLEET, ...question.nodes.flatMap(({ reached }, at) => (reached ? [at] : []))];
  const open = (candidate: Candidate): Solved | undefined =>
    solved.find(({ problem }) => !solves(search, candidate, problem));
  const seen = new Set<string>();
  const isNew = (candidate: Candidate | null): candidate is Candidate => {
    const key = candidate === null ? '' : keyOf(candidate);
    return (
      candidate !== null && !seen.has(key) && seen.size < COMBINATIONS && Boolean(seen.add(key))
    );
  };
  let level = solved.flatMap(({ solutions }) => solutions).filter(isNew);
  for (let step = 1; step <= STEPS; step += 1) {
    const next: Candidate[] = [];
    for (const candidate of level.toSorted((a, b) => a.keys.length - b.keys.length)) {
      const left = open(candidate);
      if (left !== undefined)
        next.push(
          ...left.solutions.map((one) => both(question.intent, candidate, one)).filter(isNew),
        );
      else if (!places.some((place) => regresses(candidate, place))) return candidate;
    }
    level = next;
  }
  return null;
}

/** The readiness of the whole fleet as a report under that intent would have it. */
function readinessWith({ question, base, view }: Search, candidate: Candidate) {
  const there = view(candidate);
  const judged = (place: number): readonly Pick<Finding, 'severity' | 'status'>[] =>
    findingsAt(question, place).map(({ severity, status }, check) => {
      if (severity !== 'required' || !meets(base(place, check).keys, candidate))
        return { severity, status };
      const now = there(place, check).value;
      return { severity, status: status === STATUS.waived && bad(now) ? status : now };
    });
  const tested = question.paths.map(({ status }) => ({ severity: 'required' as const, status }));
  return fleetReadiness([
    ...question.nodes.map((node, place) =>
      node.reached ? readinessOf(judged(place)) : READINESS.unknown,
    ),
    readinessOf([...judged(FLEET), ...tested]),
  ]);
}

/** What another intent would change: for each finding, and for all of them. Pure. */
export function whatWouldPass(question: Question): Outlook {
  const problems = problemsOf(question);
  const search = openSearch(question);
  const hopeless = new Set<Hangs>();
  const solved = problems.map((problem) => ({
    problem,
    solutions: solutionsOf(search, hopeless, problem),
  }));
  const words = new Map<number, Map<number, readonly string[]>>();
  for (const { problem, solutions } of solved) {
    const there = words.get(problem.place) ?? new Map<number, readonly string[]>();
    words.set(problem.place, there.set(problem.check, solutions.slice(0, NAMED).map(phraseOf)));
  }
  const blocking = solved.filter(
    ({ problem, solutions }) => problem.blocks && solutions.length > 0,
  );
  const common = blocking.length === 0 ? null : commonSolution(search, blocking);
  return {
    alternatives: (place, check) => words.get(place)?.get(check),
    ...(common === null
      ? {}
      : {
          suggestion: {
            changes: common.changes,
            words: wordsOf(common),
            readiness: readinessWith(search, common),
          },
        }),
  };
}
