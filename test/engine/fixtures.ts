import {
  defineCheck,
  defineClusterCheck,
  fail,
  notApplicable,
  pass,
  warn,
  type AnyCheck,
} from '../../src/domain/check.js';
import type { NodeEvidence } from '../../src/domain/evidence.js';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import type { Waiver } from '../../src/domain/report.js';
import type { Reason } from '../../src/domain/reason.js';
import { buildReport } from '../../src/engine/build-report.js';
import { evidenceOf, type Said } from '../helpers/check-tester.js';
import { numberProbe } from '../collect/fixture-probes.js';

export const a = numberProbe('a', 'echo 1');
export const b = numberProbe('b', 'echo 1');
export const rooted = numberProbe('rooted', 'as_root /bin/echo 1', {
  rootCommands: ['/bin/echo 1'],
});
export const PROBES = [a, b, rooted];

const TEXT = {
  title: 't',
  why: 'w',
  sources: [{ page: 'p', url: 'https://example.org/', date: '2026-01-01', says: 's' }],
  severity: 'required',
  waivable: true,
} as const;

const verdictOf = (value: number) => {
  if (value === 1) return pass('1');
  return value === 2 ? warn('2', '1') : fail(String(value), '1');
};

export const needsA = defineCheck({
  ...TEXT,
  id: 'test/needs-a',
  needs: { a },
  judge: (f) => verdictOf(f.a),
});
export const firm = { ...needsA, id: 'test/firm', waivable: false };
export const advice = { ...needsA, id: 'test/advice', severity: 'recommended' as const };
export const skipped = { ...needsA, id: 'test/skipped', skip: () => 'not used by the intent' };
export const oneWitness = defineCheck({
  ...TEXT,
  id: 'test/one-witness',
  needs: {},
  witnesses: { a, b },
  judge: (facts) => verdictOf(facts.a ?? facts.b ?? 9),
});
export const rootedCheck = defineCheck({
  ...TEXT,
  id: 'test/rooted',
  needs: { rooted },
  judge: (f) => verdictOf(f.rooted),
});
export const allSame = defineClusterCheck({
  ...TEXT,
  id: 'test/all-same',
  needs: { a },
  judge: (shares) => {
    if (shares.length === 1) return notApplicable('one node');
    return new Set(shares.map((share) => share.facts.a)).size === 1
      ? pass('same')
      : fail('different', 'same');
  },
});

export type NodeSays = Readonly<Record<string, Said>> | Reason;

export const nodeEvidence = (node: string, says: NodeSays): NodeEvidence => ({
  node,
  startedAt: 0,
  finishedAt: 1,
  ...(typeof says === 'string'
    ? { unreached: says, evidence: [] }
    : {
        evidence: PROBES.flatMap((probe) => {
          const said = says[probe.id];
          return said === undefined ? [] : [evidenceOf(probe, said)];
        }),
      }),
});

export const judge = (
  checks: readonly AnyCheck[],
  nodes: readonly NodeSays[],
  waivers: readonly Waiver[] = [],
  paths: Parameters<typeof buildReport>[0]['paths'] = [],
) =>
  buildReport({
    catalogue: { version: 'test', checks },
    intent: DEFAULT_INTENT,
    nodes: nodes.map((says, index) => {
      const name = `n${String(index)}`;
      return { node: { name, host: name, roles: ['worker'] }, evidence: nodeEvidence(name, says) };
    }),
    waivers,
    paths,
    run: { id: 'r', startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T12:00:00Z' },
    tool: { name: 'calico-ready', version: '0' },
    sha256: (bytes) => String(bytes.length),
  }).report;
