import { expect, test } from 'vitest';
import { reportSchema } from '../../src/cli/report-schema.js';
import type { Report } from '../../src/domain/report.js';
import { render } from '../../src/report/render.js';
import { sampleReport } from './sample-report.js';

const suggestion = {
  changes: { encapsulation: 'vxlan', bgp: false },
  words: ['encapsulation: vxlan', 'bgp: false'],
  readiness: 'unknown',
} as const;
const report: Report = { ...sampleReport(), suggestion };
const SENTENCE =
  'An intent with which nothing fails on every node that was reached: encapsulation: vxlan, bgp: false';

test.each(['human', 'html', 'markdown'] as const)(
  '%s names the intent that would pass',
  (format) => {
    const options = { colour: false, width: 200 };
    expect(render(report, format, options)).toContain(SENTENCE);
    expect(render(sampleReport(), format, options)).not.toContain('An intent');
  },
);

test('the JSON report carries it as data', () => {
  const json: unknown = JSON.parse(render(report, 'json', { colour: false, width: 80 }));
  expect(reportSchema.parse(json).suggestion).toEqual(suggestion);
});

test.each([
  ['ready', true, 'An intent that passes on every node:'],
  ['unknown', true, 'An intent with which nothing fails on every node:'],
  ['not-ready', true, 'An intent with which fewer required checks fail:'],
  ['ready', false, 'An intent that passes on every node that was reached:'],
] as const)('a fleet that would be %s (all reached: %s)', (readiness, reached, words) => {
  const nodes = report.nodes.map((node) => ({ ...node, reached }));
  const text = render({ ...report, nodes, suggestion: { ...suggestion, readiness } }, 'human', {
    colour: false,
    width: 200,
  });
  expect(text).toContain(words);
});
