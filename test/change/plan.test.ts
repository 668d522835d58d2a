import { describe, expect, test } from 'vitest';
import { planFixes, type FixRequest } from '../../src/change/plan.js';
import { openChanges } from '../../src/change/types.js';
import type { Finding, NodeReport } from '../../src/domain/report.js';
import type { Status } from '../../src/domain/status.js';
import type { Judgement } from '../../src/engine/build-report.js';
import { fixWith } from './scratch-node.js';

const finding = (check: string, status: Status): Finding => ({
  check,
  title: check,
  severity: 'required',
  status,
  found: `${check} is ${status}`,
  source: { page: 'A', url: 'https://example.invalid' },
  breaks: [],
  alternatives: [],
  fixes: [],
  evidence: [],
});
const nodeReport = (name: string, findings: readonly Finding[]): NodeReport => ({
  name,
  host: name,
  roles: [],
  reached: true,
  readiness: 'not-ready',
  facts: {},
  findings,
});
const open = fixWith({ way: 'open' });
const disable = fixWith({ way: 'disable', kind: 'disruptive', loses: ['All zones.'] });
const unmanage = fixWith({ way: 'unmanage' });
const rules = fixWith({ way: 'rules', byHandOnly: true, byHand: 'Add a rule.' });
const stop = fixWith({ way: 'stop', byHandOnly: true, byHand: 'Stop it.' });

/** Only what the plan reads of a judgement. */
const judgement = {
  report: {
    nodes: [
      nodeReport('n1', [
        finding('firewall/firewalld', 'fail'),
        finding('interfaces/networkmanager', 'fail'),
        finding('kernel/ipip', 'fail'),
        finding('firewall/saved', 'fail'),
        finding('firewall/shown', 'fail'),
        finding('firewall/shown-twice', 'fail'),
      ]),
      nodeReport('n2', [
        finding('firewall/firewalld', 'pass'),
        finding('interfaces/networkmanager', 'unknown'),
        finding('kernel/ipip', 'not-applicable'),
      ]),
    ],
    cluster: { findings: [finding('identity/hostname-unique', 'fail')] },
  },
  fixes: new Map([
    [
      'n1',
      new Map([
        ['firewall/firewalld', [open, disable]],
        ['interfaces/networkmanager', [unmanage]],
        ['firewall/saved', [rules, unmanage, stop]],
        ['firewall/shown', [rules]],
        ['firewall/shown-twice', [rules, stop]],
      ]),
    ],
    ['n2', new Map()],
  ]),
} as unknown as Judgement;

const request = (part: Partial<FixRequest>): FixRequest => ({
  checks: ['firewall/firewalld'],
  consents: [],
  yes: true,
  mode: 'apply',
  terminal: false,
  ...part,
});
const plan = (part: Partial<FixRequest>) => planFixes(judgement, request(part));

describe('refused, with nothing changed', () => {
  test.each<[string, Partial<FixRequest>, RegExp, RegExp]>([
    ['no check', { checks: [] }, /No check/, /--check/],
    ['an unknown check', { checks: ['firewall/ufw'] }, /no check firewall\/ufw/, /explain/],
    ['an unknown node', { nodes: ['n9'] }, /no node n9/, /inventory/],
    ['several ways', {}, /several ways/, /--way: open, disable/],
    ['a way it does not have', { way: 'shut' }, /no way shut/, /open, disable/],
    ['no consent', { way: 'disable' }, /disruptive: All zones\./, /--consent firewall\/firewalld/],
    ['safe without yes', { way: 'open', yes: false }, /not agreed/, /--yes/],
    [
      'consent without yes',
      { way: 'disable', yes: false, consents: ['firewall/firewalld'] },
      /not agreed/,
      /--yes/,
    ],
    ['a consent for another check', { consents: ['kernel/ipip'] }, /does not name/, /both/],
    [
      'one of two not agreed to',
      { checks: ['interfaces/networkmanager', 'firewall/firewalld'], way: 'disable' },
      /disruptive/,
      /--consent/,
    ],
  ])('%s', (_, part, message, nextStep) => {
    const result = plan(part);
    expect(result.kind).toBe('refused');
    if (result.kind !== 'refused') return;
    expect(result.message).toMatch(message);
    expect(result.nextStep).toMatch(nextStep);
  });
});

test('an agreed disruptive fix is planned where it is offered', () => {
  expect(plan({ way: 'disable', consents: ['firewall/firewalld'] })).toEqual({
    kind: 'plan',
    fixes: [
      {
        node: 'n1',
        check: 'firewall/firewalld',
        ways: [disable],
        asksYes: false,
        asksConsent: false,
      },
    ],
    others: [
      {
        node: 'n2',
        check: 'firewall/firewalld',
        kind: 'nothing-to-do',
        why: 'firewall/firewalld is pass',
      },
    ],
  });
});

test('--way chooses where there are several, and does not hinder a check with one', () => {
  const result = plan({ checks: ['interfaces/networkmanager', 'firewall/firewalld'], way: 'open' });
  expect(result).toMatchObject({ kind: 'plan', fixes: [{ ways: [unmanage] }, { ways: [open] }] });
});

describe('fixes that are only shown', () => {
  test.each<[string, Partial<FixRequest>, string, string]>([
    [
      'alone',
      { checks: ['firewall/shown'] },
      'This version shows the fix of firewall/shown and does not apply it.',
      'Do it by hand: Add a rule.',
    ],
    [
      'alone, on a terminal',
      { checks: ['firewall/shown'], terminal: true },
      'This version shows the fix of firewall/shown and does not apply it.',
      'Do it by hand: Add a rule.',
    ],
    [
      'several',
      { checks: ['firewall/shown-twice'] },
      'This version shows a fix of firewall/shown-twice and does not apply it.',
      'Do it by hand: rules: Add a rule. Or stop: Stop it.',
    ],
    [
      'named by --way',
      { checks: ['firewall/saved'], way: 'stop' },
      'This version shows the fix of firewall/saved (way stop) and does not apply it.',
      'Do it by hand: Stop it.',
    ],
  ])('%s are refused and said by hand', (_, part, message, nextStep) => {
    expect(plan(part)).toEqual({ kind: 'refused', message, nextStep });
  });

  test('leave the one that can be applied, without --way', () => {
    expect(plan({ checks: ['firewall/saved'] })).toMatchObject({ fixes: [{ ways: [unmanage] }] });
  });

  test('are all in a plan', () => {
    expect(plan({ checks: ['firewall/saved'], mode: 'plan' })).toMatchObject({
      fixes: [{ ways: [rules, unmanage, stop] }],
    });
  });
});

test('a plan shows every way and asks for nothing', () => {
  expect(plan({ mode: 'plan', yes: false })).toMatchObject({
    fixes: [{ ways: [open, disable], asksYes: false, asksConsent: false }],
  });
});

test('on a terminal what is open is asked', () => {
  expect(plan({ terminal: true, yes: false, way: 'disable' })).toMatchObject({
    fixes: [{ ways: [disable], asksYes: true, asksConsent: true }],
  });
});

test('what cannot be mended says why', () => {
  const result = plan({ checks: ['kernel/ipip', 'interfaces/networkmanager'] });
  const kinds = result.kind === 'plan' ? result.others.map((other) => other.kind) : [];
  expect(kinds).toEqual(['no-fix', 'nothing-to-do', 'cannot-tell']);
  expect(plan({ checks: ['identity/hostname-unique'], nodes: ['n1'] })).toMatchObject({
    others: [
      { kind: 'no-fix', why: 'This check judges the whole fleet and has no fix on one node.' },
    ],
  });
});

test('open changes come newest first', () => {
  const entry = { time: '2026-01-31T12:00:00Z', check: 'a/b', way: 'w' };
  const entries = (['applied', 'undone', 'prepared', 'restored', 'broken'] as const).map(
    (state, index) => ({ ...entry, id: `c${String(index)}`, order: index + 1, state }),
  );
  expect(openChanges(entries).map(({ id }) => id)).toEqual(['c4', 'c2', 'c0']);
});
