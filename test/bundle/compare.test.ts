import { describe, expect, it } from 'vitest';
import { compareReports, hasRegressed } from '../../src/bundle/compare.js';
import type { Finding, Report } from '../../src/domain/report.js';
import type { Severity, Status } from '../../src/domain/status.js';
import { sampleInput } from './sample.js';

const SAMPLE = sampleInput().report;
const [FIRST] = SAMPLE.nodes;
const FINDING = FIRST?.findings[0];

const finding = (status: Status, severity: Severity = 'required'): Finding => {
  if (FINDING === undefined) throw new Error('the sample has no finding');
  return { ...FINDING, status, severity, found: `it is ${status}` };
};

/** The sample with these nodes, each with one finding. */
function reportOf(nodes: Readonly<Record<string, Finding>>, more: Partial<Report> = {}): Report {
  if (FIRST === undefined) throw new Error('the sample has no node');
  const list = Object.entries(nodes).map(([name, one]) => ({ ...FIRST, name, findings: [one] }));
  return { ...SAMPLE, nodes: list, ...more };
}

describe('a verdict in two reports', () => {
  it.each<[Status, Status, Severity, boolean | null]>([
    ['pass', 'pass', 'required', false],
    ['pass', 'fail', 'required', true],
    ['pass', 'warn', 'recommended', true],
    ['not-applicable', 'fail', 'required', true],
    // Somebody signed for the fault, but it was not there before.
    ['pass', 'waived', 'required', true],
    ['waived', 'fail', 'required', true],
    ['warn', 'waived', 'required', false],
    ['fail', 'waived', 'required', false],
    ['fail', 'pass', 'required', false],
    ['pass', 'not-applicable', 'required', false],
    ['unknown', 'pass', 'required', false],
    ['unknown', 'unknown', 'required', false],
    ['fail', 'fail', 'required', false],
    ['pass', 'unknown', 'required', null],
    ['fail', 'unknown', 'required', null],
    // It may have failed before, unseen.
    ['unknown', 'fail', 'required', null],
    ['pass', 'unknown', 'recommended', false],
  ])('%s, then %s (%s): regressed %s', (from, to, severity, expected) => {
    const compared = compareReports(
      reportOf({ a: finding(from, severity) }),
      reportOf({ a: finding(to, severity) }),
    );
    expect(hasRegressed(compared)).toBe(expected);
    expect(compared.differences.map((one) => [one.node, one.from, one.to, one.found])).toEqual(
      from === to ? [] : [['a', from, to, `it is ${to}`]],
    );
  });
});

describe('nodes, facts and terms', () => {
  it('tells nothing of a node that is gone, and compares none that is new', () => {
    const [old, young] = [
      reportOf({ a: finding('pass'), b: finding('pass') }),
      reportOf({ b: finding('pass'), c: finding('fail') }),
    ];
    const compared = compareReports(old, young);
    expect(compared).toMatchObject({ goneNodes: ['a'], newNodes: ['c'], differences: [] });
    expect(hasRegressed(compared)).toBeNull();
    expect(hasRegressed(compareReports(young, young))).toBe(false);
  });

  it('counts what neither could tell', () => {
    const blind = reportOf({ a: finding('unknown'), b: finding('unknown', 'recommended') });
    expect(compareReports(blind, blind).neverKnown).toBe(1);
  });

  it('names another kernel, another intent and another catalogue', () => {
    const old = reportOf({ a: finding('pass') });
    const young: Report = {
      ...old,
      nodes: old.nodes.map((node) => ({ ...node, facts: { ...node.facts, kernel: '7.0' } })),
      intent: { ...old.intent, encapsulation: 'vxlan', etcdEndpoints: ['a:1'] },
      catalogue: { ...old.catalogue, version: 'later' },
    };
    const before: Report = {
      ...old,
      nodes: old.nodes.map((node) => ({ ...node, facts: { ...node.facts, kernel: '6.1' } })),
    };
    expect(compareReports(before, young)).toMatchObject({
      facts: [{ node: 'a', what: 'kernel', from: '6.1', to: '7.0' }],
      terms: [
        { what: 'encapsulation', from: 'ipip', to: 'vxlan' },
        { what: 'etcdEndpoints', from: '', to: 'a:1' },
        { what: 'catalogue', from: 'test', to: 'later' },
      ],
    });
  });
});
