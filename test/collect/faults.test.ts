import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { defineCheck, fail, pass } from '../../src/domain/check.js';
import type { NodeEvidence } from '../../src/domain/evidence.js';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import type { Report } from '../../src/domain/report.js';
import type { RunEnd } from '../../src/domain/transport.js';
import { buildReport } from '../../src/engine/build-report.js';
import { describeWith } from '../helpers/require-tool.js';
import { numberProbe } from './fixture-probes.js';
import { NONCE, runShell, sentText } from './run-shell.js';
import { readBytes } from './transcript.js';

const one = numberProbe('one', 'echo 1');
const zero = numberProbe('zero', 'echo 0');
const slow = numberProbe('slow-one', 'sleep 0.05; echo 1', { slow: true });
const absent = numberProbe('absent', 'no-such-tool-of-calico-ready');
const twoLines = numberProbe('two-lines', 'echo 1; echo 1');
const root = numberProbe('root-one', 'as_root /bin/echo 1', { rootCommands: ['/bin/echo 1'] });
const PROBES = [one, zero, slow, absent, twoLines, root];

const isOne = (probe: typeof one) =>
  defineCheck({
    id: `test/${probe.id}`,
    title: `${probe.id} is one`,
    why: 'A check of a test.',
    sources: [
      { page: 'test', url: 'https://example.org/', date: '2026-01-01', says: 'It is one.' },
    ],
    severity: 'required',
    waivable: true,
    needs: { value: probe },
    judge: ({ value }) => (value === 1 ? pass('1') : fail(String(value), '1')),
  });

const judged = (evidence: NodeEvidence, probes: readonly (typeof one)[]): Report =>
  buildReport({
    catalogue: { version: 'test', checks: probes.map(isOne) },
    intent: DEFAULT_INTENT,
    nodes: [{ node: { name: 'n', host: 'n', roles: ['worker'] }, evidence }],
    waivers: [],
    paths: [],
    run: { id: 'r', startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z' },
    tool: { name: 'calico-ready', version: '0' },
    sha256: () => '',
  }).report;

const reportOf = (bytes: Uint8Array, probes: readonly (typeof one)[], end: RunEnd): Report => {
  const { evidence } = readBytes(bytes, PROBES, [], end);
  return judged({ node: 'n', startedAt: 0, finishedAt: 1, evidence }, probes);
};

const statuses = (report: Report): Readonly<Record<string, string>> =>
  Object.fromEntries(report.nodes[0]?.findings.map((item) => [item.check, item.status]) ?? []);

/** One fault: what it does to the bytes. Positions are shares of the length, so that they fit any transcript. */
type Fault = {
  readonly kind: string;
  readonly at: number;
  readonly to: number;
  readonly text: string;
};

const splice = (bytes: Buffer, from: number, to: number, middle: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(to)]);

function apply(bytes: Buffer, { kind, at, to, text }: Fault): Buffer {
  const from = Math.floor(at * bytes.length);
  const until = Math.min(bytes.length, from + Math.floor(to * 200));
  switch (kind) {
    case 'drop':
      return splice(bytes, from, until, Buffer.alloc(0));
    case 'cut':
      return bytes.subarray(0, from);
    case 'duplicate':
      return splice(bytes, until, until, bytes.subarray(from, until));
    case 'garble':
      return splice(bytes, from, until, Buffer.alloc(until - from, text));
    case 'replace':
      return splice(bytes, from, from + 1, Buffer.from(text.slice(0, 1)));
    default:
      return splice(bytes, from, from, Buffer.from(text));
  }
}

const forged = fc.constantFrom(
  ...['zero', 'absent', 'two-lines'].map(
    (id) =>
      `\n@@${'0'.repeat(32)} B ${id} 1.0\n1\n\n@@${'0'.repeat(32)} S ${id}\n\n@@${'0'.repeat(32)} E ${id} 0 1.1\n`,
  ),
  `\n@@${NONCE} E zero 0 1.0\n`,
  `\n@@${NONCE} B zero 1.0\n1\n`,
  `\n@@${NONCE} Z - -\n`,
  '1\n',
  '1',
);

const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom('drop', 'cut', 'duplicate', 'garble', 'replace', 'insert'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  text: fc.oneof(forged, fc.string({ minLength: 1, maxLength: 8 })),
});

const end: fc.Arbitrary<RunEnd> = fc.constantFrom<RunEnd>(
  { kind: 'exited', code: 0 },
  { kind: 'lost' },
  { kind: 'deadline' },
  { kind: 'signalled', signal: 'HUP' },
  { kind: 'limit', which: 'stdout' },
);

describeWith('dash', 'faults between the node and the verdict', () => {
  let real: Buffer;
  beforeAll(async () => {
    real = (await runShell(['dash', '-s'], sentText(PROBES))).stdout;
  });

  test('without a fault the verdicts are these', () => {
    const report = reportOf(real, PROBES, { kind: 'exited', code: 0 });
    expect(statuses(report)).toEqual({
      'test/one': 'pass',
      'test/zero': 'fail',
      'test/slow-one': 'pass',
      'test/absent': 'unknown',
      'test/two-lines': 'unknown',
      'test/root-one': 'pass',
    });
    expect(report.readiness).toBe('not-ready');
  });

  test('one fault on the way never makes a pass of anything else', () => {
    // One fault while the closing line with its checksum is whole, or the transcript is cut: a byte that changes
    // inside a frame and a lost end together are what the transport's own integrity is for (ssh's MAC).
    const before = statuses(reportOf(real, PROBES, { kind: 'exited', code: 0 }));
    fc.assert(
      fc.property(fault, end, (what, how) => {
        const after = statuses(reportOf(apply(real, what), PROBES, how));
        for (const [check, status] of Object.entries(after)) {
          if (status === 'pass') expect([check, before[check]]).toEqual([check, 'pass']);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['not ready', [one, zero, slow]],
    ['unknown', [one, absent, slow]],
    ['unknown', [one, twoLines]],
  ] as const)('one fault never makes a node that is %s ready', (_, probes) => {
    fc.assert(
      fc.property(fault, end, (what, how) => {
        expect(reportOf(apply(real, what), probes, how).readiness).not.toBe('ready');
      }),
      { numRuns: 1000 },
    );
  });

  test('evidence dropped, repeated or with a problem never makes a node ready', () => {
    const { evidence } = readBytes(real, PROBES);
    const item = fc
      .constantFrom(...evidence)
      .chain((value) =>
        fc.constantFrom(
          value,
          { ...value, problem: 'lost: test' as const },
          { ...value, stdout: new Uint8Array(0) },
          { ...value, exit: 1 },
        ),
      );
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (some) => {
        const node = { node: 'n', startedAt: 0, finishedAt: 1, evidence: some };
        expect(judged(node, PROBES).readiness).not.toBe('ready');
        const passes = Object.entries(statuses(judged(node, PROBES))).filter(
          ([, s]) => s === 'pass',
        );
        for (const [check] of passes)
          expect(['test/one', 'test/slow-one', 'test/root-one']).toContain(check);
      }),
      { numRuns: 1000 },
    );
  });
});
