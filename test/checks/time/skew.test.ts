import { expect, test } from 'vitest';
import { skew } from '../../../checks/time/skew.js';
import type { Verdict } from '../../../src/domain/check.js';
import { DEFAULT_INTENT } from '../../../src/domain/intent.js';
import { answersOf } from '../../../src/engine/answers.js';
import { judgeCluster } from '../../../src/engine/judge.js';
import { probesOf } from '../../../src/engine/plan.js';
import { nodeEvidenceOf, type Said } from '../../helpers/check-tester.js';

const NOW = 1_795_318_545_400;
const at = (offset: number, receivedAt: number | null = NOW): Said => ({
  stdout: `${String(Math.floor(NOW / 1000) + offset)}\n`,
  receivedAt,
});

function judgeClocks(...said: readonly Said[]): Verdict {
  const fleet = said.map((clock, index) => {
    const node = `n${String(index + 1)}`;
    const evidence = nodeEvidenceOf(probesOf(skew), { clock }, node);
    return {
      node: { name: node, host: node, roles: [] },
      answers: answersOf(probesOf(skew), evidence),
    };
  });
  return judgeCluster(skew, fleet, DEFAULT_INTENT);
}

test.each([
  [[0, 0], 'pass'],
  [[0, 5], 'pass'],
  [[0, 6], 'warn'],
  [[-15, 15], 'warn'],
  [[-16, 15], 'fail'],
  [[0, 0, -400_000_000], 'fail'],
  [[900], 'pass'],
])('clocks off by %j seconds: %s', (offsets, status) => {
  expect(judgeClocks(...offsets.map((offset) => at(offset)))).toMatchObject({ status });
});

test('nodes that answered at different moments are compared at one', () => {
  expect(judgeClocks(at(0), at(120, NOW + 120_000))).toMatchObject({ status: 'pass' });
});

test('the two that differ most are named', () => {
  expect(judgeClocks(at(0), at(40), at(-1))).toMatchObject({ found: 'n2 is 41.0 s ahead of n3' });
});

test.each([
  ['an answer without a time of arrival', at(0, null)],
  ['garbage', { stdout: '%s\n', receivedAt: NOW }],
  ['nothing', { stdout: '', receivedAt: NOW }],
])('%s is unknown', (_name, said) => {
  expect(judgeClocks(at(0), said)).toMatchObject({ status: 'unknown' });
});
