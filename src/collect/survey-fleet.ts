import { CancelledError } from '../domain/errors.js';
import type { NodeEvidence } from '../domain/evidence.js';
import type { InventoryNode } from '../domain/inventory.js';
import { surveyNode, type SurveyOptions, type SurveyProgress } from './survey.js';

export type FleetSurveyOptions = SurveyOptions & {
  readonly nodes: readonly InventoryNode[];
  /** How many nodes may be connecting at once; 32 when it is not given. */
  readonly concurrency?: number;
  readonly onProgress?: (node: string, progress: SurveyProgress) => void;
  /** Called for each node as soon as all of it is there: what a survey that is stopped had got so far. */
  readonly onAnswer?: (evidence: NodeEvidence) => void;
};

// Logging in costs processor time on both ends, waiting for a node's answers costs next to none. So nodes that
// hang after the login hold up nobody until this many of them do.
const ASKING_FOR_EACH_CONNECTING = 4;

/** Asks every node, some at once. Results stand in the order of the nodes. Only CancelledError rejects. */
export async function surveyFleet(options: FleetSurveyOptions): Promise<readonly NodeEvidence[]> {
  const { nodes, concurrency = 32, onProgress, onAnswer, ...shared } = options;
  const results = new Map<number, NodeEvidence>();
  const queue = nodes.entries();
  const gate = createGate(concurrency);
  const worker = async (): Promise<void> => {
    for (const [index, node] of queue) {
      const leave = await gate();
      if (shared.signal.aborted) throw new CancelledError('cancelled');
      const tell = (progress: SurveyProgress): void => {
        if (progress.phase !== 'connecting') leave();
        onProgress?.(node.name, progress);
      };
      try {
        const evidence = await surveyNode({ ...shared, node, onProgress: tell });
        results.set(index, evidence);
        onAnswer?.(evidence);
      } finally {
        leave();
      }
    }
  };
  const workers = Math.min(concurrency * ASKING_FOR_EACH_CONNECTING, nodes.length);
  await Promise.all(Array.from({ length: Math.max(1, workers) }, worker));
  return nodes.flatMap((_, index) => results.get(index) ?? []);
}

/** Lets `limit` through at once, in order; each calls what it got to make room, once or more often. */
function createGate(limit: number): () => Promise<() => void> {
  const waiting: (() => void)[] = [];
  let free = Math.max(1, limit);
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async () => {
    if (free > 0) free -= 1;
    else
      await new Promise<void>((enter) => {
        waiting.push(enter);
      });
    let inside = true;
    return () => {
      if (inside) release();
      inside = false;
    };
  };
}
