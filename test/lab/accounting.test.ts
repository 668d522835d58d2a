import { expect, test } from 'vitest';
import { catalogue } from '../../checks/index.js';
import { BREAKAGES } from '../../scripts/lab/break.js';
import { UNBREAKABLE } from '../../scripts/lab/unbreakable.js';
import { ROUNDS } from './rounds.js';

const ids = catalogue.checks.map(({ id }) => id);
const broken = Object.values(BREAKAGES).flatMap(({ breaks }) => Object.keys(breaks));
const not = Object.keys(UNBREAKABLE);

test('each check has something that breaks it on a lab node, or a reason why nothing does', () => {
  expect(ids.filter((id) => broken.includes(id) === not.includes(id))).toEqual([]);
});

test('nothing is accounted for that is no check', () => {
  expect([...broken, ...not].filter((id) => !ids.includes(id))).toEqual([]);
});

test('every breakage that an audit can tell is in one round', () => {
  const judged = Object.keys(BREAKAGES).filter(
    (what) => Object.keys(BREAKAGES[what]?.breaks ?? {}).length > 0,
  );
  expect(Object.values(ROUNDS).flat().toSorted()).toEqual(judged.toSorted());
});
