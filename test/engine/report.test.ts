import { describe, expect, test } from 'vitest';
import type { AnyCheck } from '../../src/domain/check.js';
import { countStatuses, fleetReadiness, readinessOf } from '../../src/engine/readiness.js';
import { allProbes, planProbes } from '../../src/engine/plan.js';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import {
  advice,
  allSame,
  firm,
  judge,
  needsA,
  oneWitness,
  rootedCheck,
  skipped,
  type NodeSays,
} from './fixtures.js';

const LOST = { stdout: '1\n', problem: 'lost: x' } as const;

describe('one node', () => {
  test.each<readonly [string, AnyCheck, NodeSays, string, string]>([
    ['pass', needsA, { a: '1\n' }, 'pass', 'ready'],
    ['warn never blocks', needsA, { a: '2\n' }, 'warn', 'ready'],
    ['fail', needsA, { a: '3\n' }, 'fail', 'not-ready'],
    ['missing', needsA, {}, 'unknown', 'unknown'],
    ['lost', needsA, { a: LOST }, 'unknown', 'unknown'],
    ['a recommended fail is a warning', advice, { a: '3\n' }, 'warn', 'ready'],
    ['a recommended unknown does not block', advice, {}, 'unknown', 'ready'],
    ['skipped', skipped, {}, 'not-applicable', 'ready'],
    ['one witness of two', oneWitness, { b: '1\n' }, 'pass', 'ready'],
    ['the other witness lost', oneWitness, { a: LOST, b: '3\n' }, 'fail', 'not-ready'],
    ['no witness', oneWitness, { a: LOST, b: 'x' }, 'unknown', 'unknown'],
    [
      'refused root',
      rootedCheck,
      { rooted: { stdout: '1\n', stderr: 'as_root: no' } },
      'unknown',
      'unknown',
    ],
    ['unreached', needsA, 'host-key-changed: x', 'unknown', 'unknown'],
    ['unreached, though the check would not apply', skipped, 'refused: x', 'unknown', 'unknown'],
  ])('%s', (_, check, says, status, readiness) => {
    const report = judge([check], [says]);
    expect(report.nodes[0]?.findings.map((finding) => finding.status)).toEqual([status]);
    expect([report.nodes[0]?.readiness, report.readiness]).toEqual([readiness, readiness]);
  });

  test('an unknown says why, and points to its evidence', () => {
    const [finding] = judge([needsA], [{ a: LOST }]).nodes[0]?.findings ?? [];
    expect(finding).toMatchObject({ found: 'not known (lost: x)', reason: 'lost: x' });
    expect(finding?.evidence).toEqual([{ probe: 'a', command: 'a', exit: 0, sha256: '2' }]);
  });
});

describe('the fleet', () => {
  test.each<readonly [string, readonly NodeSays[], string, string]>([
    ['all the same', [{ a: '1\n' }, { a: '1\n' }], 'pass', 'ready'],
    ['different', [{ a: '1\n' }, { a: '2\n' }], 'fail', 'not-ready'],
    ['one missing: no pass', [{ a: '1\n' }, { a: '1\n' }, {}], 'unknown', 'unknown'],
    ['one unreached: no pass', [{ a: '1\n' }, { a: '1\n' }, 'lost: x'], 'unknown', 'unknown'],
    ['one missing, not applicable to the rest: unknown', [{ a: '1\n' }, {}], 'unknown', 'unknown'],
    ['one missing: a fail stays', [{ a: '1\n' }, { a: '2\n' }, {}], 'fail', 'not-ready'],
    ['no node', [], 'unknown', 'unknown'],
  ])('%s', (_, nodes, status, readiness) => {
    const report = judge([allSame], nodes);
    expect(report.cluster.findings.map((finding) => finding.status)).toEqual([status]);
    expect(report.readiness).toBe(readiness);
  });

  test('a fleet without nodes is not ready for anything', () => {
    expect(judge([needsA], []).readiness).toBe('unknown');
  });

  test.each([
    ['pass', 'ready'],
    ['fail', 'not-ready'],
    ['unknown', 'unknown'],
  ] as const)('a tested path that is %s makes it %s', (status, readiness) => {
    const path = { from: 'n0', to: 'n0', path: 'tcp/179', status, found: '' };
    expect(judge([needsA], [{ a: '1\n' }], [], [path]).readiness).toBe(readiness);
  });
});

describe('waivers', () => {
  const waiver = { check: needsA.id, who: 'me', why: 'because', until: '2026-01-01' };
  test.each<readonly [string, AnyCheck, NodeSays, object, string, string]>([
    ['a fail, to the end of the last day', needsA, { a: '3\n' }, {}, 'waived', 'ready'],
    ['an unknown', needsA, {}, {}, 'waived', 'ready'],
    ['over', needsA, { a: '3\n' }, { until: '2025-12-31' }, 'fail', 'not-ready'],
    ['no date', needsA, { a: '3\n' }, { until: 'soon' }, 'fail', 'not-ready'],
    ['another node', needsA, { a: '3\n' }, { nodes: ['n1'] }, 'fail', 'not-ready'],
    ['this node', needsA, { a: '3\n' }, { nodes: ['n0'] }, 'waived', 'ready'],
    ['a pass needs none', needsA, { a: '1\n' }, {}, 'pass', 'ready'],
    ['not waivable', firm, { a: '3\n' }, { check: firm.id }, 'fail', 'not-ready'],
    ['a node that nobody saw', needsA, 'host-key-changed: x', {}, 'unknown', 'unknown'],
  ])('%s', (_, check, says, more, status, readiness) => {
    const report = judge([check], [says], [{ ...waiver, ...more }]);
    expect(report.nodes[0]?.findings[0]?.status).toBe(status);
    expect(report.readiness).toBe(readiness);
  });

  test('what was waived stays visible', () => {
    const [finding] = judge([needsA], [{ a: '3\n' }], [waiver]).nodes[0]?.findings ?? [];
    expect(finding).toMatchObject({ waivedFrom: 'fail', waiver, found: '3' });
  });
});

describe('small sums', () => {
  test('the least ready part decides', () => {
    expect(fleetReadiness([])).toBe('unknown');
    expect(fleetReadiness(['ready', 'unknown'])).toBe('unknown');
    expect(fleetReadiness(['unknown', 'not-ready'])).toBe('not-ready');
    expect(readinessOf([{ severity: 'recommended', status: 'fail' }])).toBe('ready');
  });

  test('every status is counted, absent ones as zero', () => {
    expect(countStatuses([{ status: 'pass' }, { status: 'pass' }])).toMatchObject({
      pass: 2,
      fail: 0,
    });
  });

  test('only what applies is asked, each probe once', () => {
    const catalogue = {
      version: 't',
      checks: [needsA, oneWitness, { ...rootedCheck, skip: () => 'no' }],
    };
    expect(planProbes(catalogue, DEFAULT_INTENT).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(allProbes(catalogue).map(({ id }) => id)).toEqual(['a', 'b', 'rooted']);
  });
});
