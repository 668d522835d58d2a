import { expect, test } from 'vitest';
import { defineCheck, defineClusterCheck, fail, pass } from '../../src/domain/check.js';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import { defineProbe } from '../../src/domain/probe.js';
import { answersOf } from '../../src/engine/answers.js';
import { judgeCluster, judgeNode } from '../../src/engine/judge.js';
import { nodeEvidenceOf } from '../helpers/check-tester.js';

// A list that ends with "end"; a word of it is bad. Composed by hand.
const list = defineProbe<string>({
  id: 'list',
  command: 'list',
  script: null,
  rootCommands: [],
  timeoutSeconds: 1,
  maxBytes: 100,
  fields: {},
  parse: ({ stdout }) => stdout,
  partOf: (_, value) => (value.endsWith('end') ? null : 'it does not end'),
});
const isBad = (said: string) =>
  said.includes('bad') ? fail('bad', 'nothing bad') : pass('nothing bad');
const text = {
  title: 'Nothing is bad',
  why: 'It would be bad.',
  sources: [{ page: 'B1', url: 'https://example.org', date: '2026-11-22', says: 'Nothing bad.' }],
  severity: 'required',
  waivable: true,
} as const;
const ofNode = defineCheck({
  ...text,
  id: 'x/node',
  needs: { said: list },
  judge: ({ said }) => isBad(said),
});
const byWitness = defineCheck({
  ...text,
  id: 'x/witness',
  needs: {},
  witnesses: { said: list },
  judge: ({ said = '' }) => isBad(said),
});
const ofFleet = defineClusterCheck({
  ...text,
  id: 'x/fleet',
  needs: { said: list },
  judge: (shares) => isBad(shares.map(({ facts }) => facts.said).join(' ')),
});

const node = { name: 'n1', host: 'n1', roles: [] };
const context = { intent: DEFAULT_INTENT, node };
const answers = (said: string) => answersOf([list], nodeEvidenceOf([list], { list: said }));

test.each([
  ['good end', 'pass'],
  ['good', 'unknown'],
  ['bad end', 'fail'],
  ['bad', 'fail'],
])('what says "%s" is %s', (said, status) => {
  expect(judgeNode(ofNode, answers(said), context).verdict.status).toBe(status);
  expect(judgeNode(byWitness, answers(said), context).verdict.status).toBe(status);
  const fleet = ['good end', said].map((one) => ({ node, answers: answers(one) }));
  expect(judgeCluster(ofFleet, fleet, DEFAULT_INTENT).status).toBe(status);
});

test('the reason says of which output, and what to do', () => {
  expect(judgeNode(ofNode, answers('good'), context).verdict).toMatchObject({
    reason: 'truncated: list: it does not end',
    toKnow: 'Give the whole output.',
  });
});
