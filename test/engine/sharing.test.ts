import { expect, test } from 'vitest';
import { defineCheck, pass } from '../../src/domain/check.js';
import type { Evidence, NodeEvidence } from '../../src/domain/evidence.js';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import type { Role } from '../../src/domain/inventory.js';
import { defineProbe, type Probe } from '../../src/domain/probe.js';
import type { Report } from '../../src/domain/report.js';
import type { AnswerMemory } from '../../src/engine/answers.js';
import { buildReport, type Survey } from '../../src/engine/build-report.js';

const encoder = new TextEncoder();
const asked: string[] = [];

const probe = <T>(id: string, parse: Probe<T>['parse']): Probe<T> =>
  defineProbe<T>({
    id,
    command: id,
    script: id,
    rootCommands: [],
    timeoutSeconds: 1,
    maxBytes: 1000,
    fields: {},
    goodExits: [7],
    parse: (raw) => {
      asked.push(id);
      return parse(raw);
    },
  });

const words = probe('words', ({ stdout, stderr, exit }) => `${stdout}|${stderr}|${String(exit)}`);
const arrival = probe('arrival', ({ stdout, receivedAt }) => `${stdout} at ${String(receivedAt)}`);
// Like uname -a: the first word is the node's name.
const naming: Probe<{ readonly name: string; readonly rest: string }> = {
  ...probe('naming', ({ stdout }) => {
    const [name = '', rest = ''] = stdout.split(' ');
    return { name, rest };
  }),
  namesNode: true,
};
const never = probe('never', () => 'x');

const TEXT = {
  title: 't',
  why: 'w',
  sources: [{ page: 'p', url: 'https://example.org/', date: '2026-01-01', says: 's' }],
  severity: 'required',
  waivable: true,
} as const;

const judged = (id: string): void => {
  asked.push(`judge ${id}`);
};
const CHECKS = [
  defineCheck({
    ...TEXT,
    id: 'test/words',
    needs: { words },
    witnesses: { words, never },
    judge: (facts) => {
      judged('words');
      return pass(facts.words);
    },
  }),
  defineCheck({
    ...TEXT,
    id: 'test/arrival',
    needs: { arrival },
    judge: (facts) => pass(facts.arrival),
  }),
  defineCheck({
    ...TEXT,
    id: 'test/rest',
    needs: {},
    witnesses: { naming },
    judge: ({ naming: said }) => {
      judged('rest');
      return pass(said?.rest ?? '');
    },
  }),
  defineCheck({
    ...TEXT,
    id: 'test/name',
    needs: { naming },
    judge: (facts) => pass(facts.naming.name),
  }),
  defineCheck({
    ...TEXT,
    id: 'test/roles',
    needs: { words },
    judge: (facts, { node }) => pass(`${facts.words} ${node.roles.join()}`),
  }),
];

const piece = (id: string, stdout: string, extra: Partial<Evidence> = {}): Evidence => ({
  probe: id,
  command: id,
  stdout: encoder.encode(stdout),
  stderr: encoder.encode(''),
  exit: 0,
  durationMs: 1,
  receivedAt: 1,
  ...extra,
});

type Told = { readonly roles?: readonly Role[]; readonly evidence: readonly Evidence[] };

// All alike on purpose: what is shared must not hang on it.
const NO_DIGEST: Survey['sha256'] = () => 'same';

function report(told: readonly Told[], memory?: AnswerMemory, sha256 = NO_DIGEST): Report {
  asked.length = 0;
  const nodes = told.map(({ roles = [], evidence }, index) => {
    const name = `n${String(index)}`;
    const one: NodeEvidence = { node: name, startedAt: 0, finishedAt: 1, evidence };
    return { node: { name, host: name, roles }, evidence: one };
  });
  return buildReport({
    catalogue: { version: '1', checks: CHECKS },
    intent: DEFAULT_INTENT,
    nodes,
    waivers: [],
    paths: [],
    run: { id: 'r', startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:00Z' },
    tool: { name: 't', version: '1' },
    sha256,
    ...(memory === undefined ? {} : { memory }),
  }).report;
}

const found = (from: Report, check: string): readonly string[] =>
  from.nodes.map((node) => node.findings.find((one) => one.check === check)?.found ?? '');

test('nodes that print the same are read and judged once', () => {
  const same = { evidence: [piece('words', 'a')] };
  expect(found(report([same, { evidence: [piece('words', 'a')] }, same]), 'test/words')).toEqual([
    'a||0',
    'a||0',
    'a||0',
  ]);
  expect(asked.filter((word) => word.endsWith('words'))).toEqual(['words', 'judge words']);
});

test('what differs in anything is read by itself', () => {
  const told = [
    piece('words', 'a'),
    piece('words', 'b'),
    piece('words', '', { stderr: encoder.encode('a') }),
    piece('words', 'a', { exit: 7 }),
    piece('words', 'a', { exit: null }),
  ];
  const answers = found(report(told.map((one) => ({ evidence: [one] }))), 'test/words');
  expect(answers).toEqual(['a||0', 'b||0', '|a|0', 'a||7', 'a||null']);
});

test('an answer that holds the time of arrival, and a verdict on the roles, are each node’s own', () => {
  const told: readonly Told[] = [
    { roles: ['worker'], evidence: [piece('words', 'a'), piece('arrival', 'c')] },
    {
      roles: ['etcd'],
      evidence: [piece('words', 'a'), piece('arrival', 'c', { receivedAt: 2 })],
    },
  ];
  const both = report(told);
  expect(found(both, 'test/arrival')).toEqual(['c at 1', 'c at 2']);
  expect(found(both, 'test/roles')).toEqual(['a||0 worker', 'a||0 etcd']);
});

test('nodes that differ in their names alone are judged once where the names are not looked at', () => {
  const lines = ['a 1', 'b 1', 'c 2', 'd 1'];
  const all = report([
    ...lines.map((line) => ({ evidence: [piece('naming', line)] })),
    { evidence: [piece('naming', 'e 1', { problem: 'lost: x' })] },
  ]);
  expect(found(all, 'test/rest')).toEqual(['1', '1', '2', '1', 'not known (lost: x)']);
  expect(found(all, 'test/name')).toEqual(['a', 'b', 'c', 'd', 'not known (lost: x)']);
  expect(asked.filter((word) => word === 'judge rest')).toHaveLength(2);
});

const [A, B] = [piece('words', 'a'), piece('naming', 'a 1')];
const ALIKE: readonly Told[] = [
  { evidence: [A, B] },
  { evidence: [A, B], roles: ['etcd'] },
  { evidence: [B, A] },
  { evidence: [A] },
  { evidence: [A, B, B] },
  { evidence: [A, piece('naming', 'b 1')] },
  { evidence: [piece('words', 'b'), B] },
  { evidence: [piece('words', 'a', { exit: 7 }), B] },
  { evidence: [piece('words', 'a', { stderr: encoder.encode('x') }), B] },
  { evidence: [piece('words', 'a', { command: 'other' }), B] },
  { evidence: [piece('words', 'a', { problem: 'lost: x' }), B] },
  { evidence: [piece('words', 'c', { problem: 'lost: x' }), B] },
  { evidence: [piece('arrival', 'a'), B] },
  { evidence: [piece('arrival', 'a', { receivedAt: 2 }), B] },
];

test('what is said of a node does not hang on the nodes before it', () => {
  const findings = (told: readonly Told[]) =>
    report(told, undefined, (bytes) => new TextDecoder().decode(bytes)).nodes.map(
      (node) => node.findings,
    );
  const alone = ALIKE.flatMap((told) => findings([told]));
  for (const [first, one] of ALIKE.entries())
    for (const [second, other] of ALIKE.entries())
      expect(findings([one, other, one])).toEqual([alone[first], alone[second], alone[first]]);
});

test('a memory that is handed in again saves the reading and changes nothing', () => {
  const told: readonly Told[] = [
    { evidence: [piece('words', 'a'), piece('arrival', 'c')] },
    { evidence: [piece('words', 'b', { problem: 'lost: x' })] },
  ];
  const memory: AnswerMemory = new WeakMap();
  const first = report(told, memory);
  expect(report(told, memory)).toEqual(first);
  expect(asked.filter((word) => !word.startsWith('judge'))).toEqual([]);
  expect(report(told)).toEqual(first);
});
