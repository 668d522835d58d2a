import type { NodeEvidence } from '../domain/evidence.js';
import { reason } from '../domain/reason.js';
import type { AnswerMemory } from '../engine/answers.js';
import { buildReport, type Judgement } from '../engine/build-report.js';
import type { SessionPorts } from './ports.js';
import type { SessionState } from './state.js';

/** Judges what a session holds; null while no node was asked. Pure but for the clock's reading. */
export type Judge = (state: SessionState) => Judgement | null;

function notAsked(node: string, now: number): NodeEvidence {
  const unreached = reason('not-run', 'this node was not surveyed yet');
  return { node, unreached, startedAt: now, finishedAt: now, evidence: [] };
}

/**
 * The judge of one session. Digests and answers are kept per piece of evidence: every change of the intent and every verified
 * fix judges the whole fleet again, and the bytes of 500 nodes need to be read only once.
 */
export function createJudge(ports: SessionPorts): Judge {
  const digests = new WeakMap<Uint8Array, string>();
  const memory: AnswerMemory = new WeakMap();
  const sha256 = (bytes: Uint8Array): string => {
    const kept = digests.get(bytes);
    if (kept !== undefined) return kept;
    const digest = ports.sha256(bytes);
    digests.set(bytes, digest);
    return digest;
  };
  return (state) => {
    if (state.evidence.length === 0 || state.nodes.length === 0) return null;
    const now = ports.clock.now();
    const byNode = new Map(state.evidence.map((item) => [item.node, item]));
    return buildReport({
      catalogue: ports.catalogue,
      intent: state.intent,
      nodes: state.nodes.map((node) => ({
        node,
        evidence: byNode.get(node.name) ?? notAsked(node.name, now),
      })),
      waivers: state.waivers,
      paths: [],
      run: {
        id: state.runId,
        startedAt: state.startedAt,
        finishedAt: new Date(now).toISOString(),
      },
      tool: ports.tool,
      ...(state.demo ? { demo: true } : {}),
      sha256,
      memory,
    });
  };
}
