import { defineCheck, pass } from '../../src/domain/check.js';
import type { Catalogue } from '../../src/domain/check.js';
import type { NodeEvidence } from '../../src/domain/evidence.js';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import type { InventoryNode } from '../../src/domain/inventory.js';
import { defineProbe } from '../../src/domain/probe.js';
import { reason } from '../../src/domain/reason.js';
import type { BundleInput } from '../../src/bundle/contents.js';
import { sha256 } from '../../src/bundle/manifest.js';
import { buildReport } from '../../src/engine/build-report.js';

const release = defineProbe({
  id: 'uname-r',
  command: 'uname -r',
  script: 'uname -r',
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 1000,
  fields: { release: 'plain' },
  parse: ({ stdout }) => ({ release: stdout.trim(), parts: new Map([['a', 1n]]) }),
});

const catalogue: Catalogue = {
  version: 'test',
  checks: [
    defineCheck({
      id: 'kernel/present',
      title: 'There is a kernel',
      why: 'Nothing runs without one.',
      sources: [{ page: 'B3', url: 'https://example.org', date: '2026-01-01', says: 'A kernel.' }],
      severity: 'required',
      waivable: true,
      needs: { release },
      judge: ({ release: { release: found } }) => pass(found),
    }),
  ],
};

const nodes: readonly { readonly node: InventoryNode; readonly evidence: NodeEvidence }[] = [
  {
    node: { name: 'n1', host: '10.0.0.1', roles: ['worker'] },
    evidence: {
      node: 'n1',
      startedAt: 1_790_000_000_000,
      finishedAt: 1_790_000_001_000,
      peer: { transport: 'ssh2', host: '10.0.0.1', port: 22 },
      evidence: [
        {
          probe: 'uname-r',
          command: 'uname -r',
          stdout: Buffer.from('6.1.0-18-amd64\n'),
          stderr: Buffer.from('a warning\n'),
          exit: 0,
          durationMs: 3,
          receivedAt: 1_790_000_000_500,
        },
      ],
    },
  },
  {
    node: { name: 'n2', host: '10.0.0.2', roles: [] },
    evidence: {
      node: 'n2',
      startedAt: 1_790_000_000_000,
      finishedAt: 1_790_000_000_100,
      unreached: reason('refused', 'nobody listens on port 22'),
      evidence: [],
    },
  },
];

/** A small run, composed by hand: bundles are about bytes, not about what they say. */
export function sampleInput(collector = '#!/bin/sh\n'): BundleInput {
  const { report } = buildReport({
    catalogue,
    intent: DEFAULT_INTENT,
    nodes,
    waivers: [],
    paths: [],
    run: {
      id: '1a2b3c4d5e6f',
      startedAt: '2026-09-21T14:13:20.000Z',
      finishedAt: '2026-09-21T14:13:21.000Z',
    },
    tool: { name: 'calico-ready', version: '0.0.0' },
    sha256,
  });
  return { report, nodes, catalogue, probes: [release], collector, changes: [], operator: 'ops' };
}
