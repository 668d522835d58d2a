import type { NodeEvidence } from '../../domain/evidence.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { reasonCode } from '../../domain/reason.js';
import { visibleLine } from '../../domain/visible.js';
import type { SessionActions } from '../actions.js';
import { createBatch } from '../batch.js';
import type { Context } from '../context.js';
import { changedPeers, sharedHostKeys, weakHostKeys } from '../../engine/peers.js';
import { settleBySurvey } from '../fix-items.js';
import { lookup } from '../records.js';
import type { NodeProgress } from '../state.js';

/** What the Survey step shows of a node whose evidence is there. */
export const progressOf = (item: NodeEvidence): NodeProgress =>
  item.unreached === undefined
    ? { phase: 'asked', seconds: Math.max(0, item.finishedAt - item.startedAt) / 1000 }
    : { phase: 'unreached', reason: visibleLine(item.unreached, 300) };

/** A survey that was stopped knows nothing of the nodes it did not get to. */
const saysSomething = (item: NodeEvidence, aborted: boolean): boolean =>
  item.unreached === undefined ||
  !aborted ||
  !['not-run', 'lost'].includes(reasonCode(item.unreached));

/** Puts new evidence in place of the old of the same nodes, in the order of the inventory. */
export function mergeEvidence(
  old: readonly NodeEvidence[],
  fresh: readonly NodeEvidence[],
  nodes: readonly InventoryNode[],
): readonly NodeEvidence[] {
  const byNode = new Map([...old, ...fresh].map((item) => [item.node, item]));
  return nodes.flatMap(({ name }) => byNode.get(name) ?? []);
}

/**
 * Asks nodes, takes their evidence in and judges the fleet again. Returns the nodes that were reached.
 * Rejects only when the port does; what was known before then stays.
 */
export async function surveyNodes(
  context: Context,
  nodes: readonly InventoryNode[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { get, set, commit, ports } = context;
  const before = get().progress;
  const names = nodes.map((node) => node.name);
  const note = (changes: ReadonlyMap<string, NodeProgress>): void => {
    set({ progress: { ...get().progress, ...Object.fromEntries(changes) } });
  };
  note(new Map(names.map((name) => [name, { phase: 'waiting' }])));
  const batch = createBatch<NodeProgress>(note);
  let fresh: readonly NodeEvidence[] = [];
  try {
    const results = await ports.fleet.survey(
      nodes,
      get().intent,
      get().access,
      (node, progress) => {
        batch.push(node, progress);
      },
      signal,
    );
    fresh = results.filter(
      (item) => names.includes(item.node) && saysSomething(item, signal.aborted),
    );
  } finally {
    batch.close();
    const after = new Map(fresh.map((item) => [item.node, progressOf(item)]));
    const settled = names.flatMap((name) => {
      const progress = after.get(name) ?? lookup(before, name);
      return progress === undefined ? [] : [[name, progress] as const];
    });
    const asked = new Set(names);
    const others = Object.entries(get().progress).filter(([name]) => !asked.has(name));
    set({ progress: Object.fromEntries([...others, ...settled]) });
  }
  if (fresh.length > 0) {
    const old = get().evidence;
    const evidence = mergeEvidence(old, fresh, get().nodes);
    commit({ evidence });
    tellOfPeers(context, old, fresh, evidence);
  }
  const reached = fresh.filter((item) => item.unreached === undefined);
  return new Set(reached.map((item) => item.node));
}

/** What the operator should look at in how the nodes were reached; nothing of it is a verdict. */
function tellOfPeers(
  context: Context,
  old: readonly NodeEvidence[],
  fresh: readonly NodeEvidence[],
  all: readonly NodeEvidence[],
): void {
  const notes = [...changedPeers(old, fresh), ...sharedHostKeys(all), ...weakHostKeys(fresh)];
  const [first] = notes;
  if (first === undefined) return;
  const more = notes.length > 1 ? ` And ${String(notes.length - 1)} more like it.` : '';
  context.notify('warning', `${first}${more}`);
}

export function surveyActions(context: Context): Pick<SessionActions, 'runSurvey'> {
  const { get, set } = context;
  return {
    runSurvey: (names) => {
      const nodes = get().nodes.filter((node) => names?.includes(node.name) ?? true);
      if (nodes.length === 0) return Promise.resolve();
      return context.long('Surveying', async (signal) => {
        const reached = await surveyNodes(context, nodes, signal);
        const { fixes, report } = get();
        set({ fixes: settleBySurvey(fixes, report, reached) });
      });
    },
  };
}
