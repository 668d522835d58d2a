import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalogue } from '../../checks/index.js';
import type { NodeEvidence } from '../../src/domain/evidence.js';
import { DEFAULT_INTENT, type Intent } from '../../src/domain/intent.js';
import type { Finding, Report } from '../../src/domain/report.js';
import { buildReport } from '../../src/engine/build-report.js';
import { allProbes } from '../../src/engine/plan.js';
import { readRecordedFolder } from '../../src/transport/recorded.js';

const NODES = new URL('../nodes/', import.meta.url).pathname;
const probes = allProbes(catalogue);
const recorded = (await readRecordedFolder(NODES, probes, () => undefined)).filter(
  ({ evidence }) => evidence.length > 0,
);
const memory = new WeakMap();

const judge = (nodes: readonly NodeEvidence[], intent: Partial<Intent>): Report =>
  buildReport({
    catalogue,
    intent: { ...DEFAULT_INTENT, ...intent },
    nodes: nodes.map((evidence, index) => ({
      node: { name: `n${String(index)}`, host: 'h', roles: [] },
      evidence,
    })),
    waivers: [],
    paths: [],
    run: { id: 'r', startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T12:00:00Z' },
    tool: { name: 't', version: '0' },
    sha256: () => '',
    memory,
  }).report;

type Placed = { readonly at: string; readonly finding: Finding };
const placed = ({ nodes, cluster }: Report): readonly Placed[] => [
  ...nodes.flatMap(({ name, findings }) =>
    findings.map((finding) => ({ at: `${name} ${finding.check}`, finding })),
  ),
  ...cluster.findings.map((finding) => ({ at: `fleet ${finding.check}`, finding })),
];
const failing = (report: Report): readonly string[] =>
  placed(report)
    .filter(({ finding }) => finding.status === 'fail')
    .map(({ at }) => at);
const named = (name: string): NodeEvidence => {
  const found = recorded.find(({ node }) => node === name);
  if (found === undefined) throw new Error(`no recording ${name}`);
  return found;
};

/** Judged in full with the suggestion: its readiness holds, nothing new fails, and what an intent mends is mended. */
function holds(nodes: readonly NodeEvidence[], intent: Partial<Intent>): void {
  const before = judge(nodes, intent);
  const { suggestion } = before;
  if (suggestion === undefined) return;
  const after = judge(nodes, { ...intent, ...suggestion.changes });
  expect(after.readiness).toBe(suggestion.readiness);
  const mendable = placed(before)
    .filter(({ finding }) => finding.status === 'fail' && finding.alternatives.length > 0)
    .map(({ at }) => at);
  expect(mendable).not.toEqual([]);
  const left = failing(after);
  expect(left.filter((at) => mendable.includes(at) || !failing(before).includes(at))).toEqual([]);
}

const lab = named('debian-12-lab-plain');

test('a kernel without IPIP passes with vxlan, for the node and for the fleet', () => {
  const report = judge([lab, named('debian-13-lab-plain')], {});
  const ipip = report.nodes[0]?.findings.find(({ check }) => check === 'kernel/ipip');
  expect(ipip).toMatchObject({ status: 'fail' });
  expect(ipip?.alternatives).toContain('encapsulation: vxlan');
  expect(report.suggestion).toMatchObject({ changes: { encapsulation: 'vxlan' } });
});

test('an intent that no change mends gets no suggestion, and a mended one none either', () => {
  const report = judge([lab], { encapsulation: 'vxlan', bgp: false });
  expect(failing(report)).toContain('n0 interfaces/networkmanager');
  expect(report.suggestion).toBeUndefined();
});

test('what depends on another change comes with it: no tunnel needs BGP', () => {
  const report = judge([lab], { bgp: false });
  const ipip = report.nodes[0]?.findings.find(({ check }) => check === 'kernel/ipip');
  expect(ipip?.alternatives).toContain(
    'encapsulation: none, bgp: true (where the network routes pod addresses)',
  );
});

test('two failures of two causes make a suggestion of two changes', () => {
  const report = judge([lab], { podCIDRs: ['198.18.0.0/16'] });
  expect(Object.keys(report.suggestion?.changes ?? {}).sort()).toEqual([
    'encapsulation',
    'podCIDRs',
  ]);
});

test.each(recorded.map((node) => [node.node, node] as const))(
  'what is suggested for %s holds when judged in full',
  (_name, node) => {
    for (const intent of [
      {},
      { encapsulation: 'vxlan', bgp: false },
      { dataplane: 'nftables', kubeProxy: 'nftables' },
      { dataplane: 'ebpf', kubeProxy: 'none' },
      { wireguard: 'both', ipFamilies: ['ipv4', 'ipv6'] },
    ] as const)
      holds([node], intent);
  },
);

/** A node of which some answers are missing or are another's: nothing that a machine said, only a shape. */
const mixed = fc
  .array(fc.tuple(fc.nat(recorded.length - 1), fc.nat(recorded.length - 1), fc.nat(7)), {
    minLength: 1,
    maxLength: 3,
  })
  .map((picks) =>
    picks.map(([one, other, cut]): NodeEvidence => {
      const base = recorded[one] ?? lab;
      const theirs = new Map(recorded[other]?.evidence.map((item) => [item.probe, item]));
      const evidence = base.evidence.map((item, index) =>
        index % 8 === cut ? (theirs.get(item.probe) ?? item) : item,
      );
      return { ...base, evidence };
    }),
  );
const intents = fc.record({
  calico: fc.constantFrom('3.25', '3.28', '3.29', '3.30', '3.31', '3.32', '3.0', '3.29-page-B'),
  dataplane: fc.constantFrom('iptables', 'nftables', 'ebpf'),
  encapsulation: fc.constantFrom('ipip', 'vxlan', 'vxlan-cross-subnet', 'none'),
  bgp: fc.boolean(),
  wireguard: fc.constantFrom('none', 'both'),
  kubeProxy: fc.constantFrom('iptables', 'ipvs', 'nftables', 'none'),
  podCIDRs: fc.constantFrom(['192.168.0.0/16'], ['198.18.0.0/15'], ['10.96.0.0/16']),
  datastore: fc.constantFrom('kubernetes', 'etcd'),
  sctp: fc.boolean(),
} as const);

test('what is suggested for any fleet and intent holds when judged in full', () => {
  fc.assert(fc.property(mixed, intents, holds), { numRuns: 60 });
});
