import { OperatorError } from '../../domain/errors.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { STATUS, type Status } from '../../domain/status.js';
import { visibleLine } from '../../domain/visible.js';
import { isCancelled, twoSentences, type Context } from '../context.js';
import { fixKey, isMended, judgedStatus } from '../fix-items.js';
import type { FixOutcome } from '../ports.js';
import type { FixItem } from '../state.js';
import { surveyNodes } from './survey.js';

/** How many nodes are changed at once after the canary held. */
const AT_ONCE = 4;

type Phase = FixItem['phase'];

/** Carries fixes out on nodes, from `applying` to proof. */
export type FixRun = {
  patch(key: string, change: Partial<FixItem>): void;
  /** Applies and verifies one fix; resolves with the phase it ended in. */
  apply(key: string, signal: AbortSignal): Promise<Phase>;
  /** The same fix on the nodes after the canary, a few at a time. */
  applyRest(keys: readonly string[], signal: AbortSignal): Promise<void>;
  undo(key: string, signal: AbortSignal): Promise<void>;
};

const STOPPED =
  'It was stopped during the change. Survey the node again (step 4) to see how it stands.';

function notFixed({ fix }: FixItem, after: Status | null): string {
  if (fix.needsReboot) return 'It was applied. Reboot the node and survey it again.';
  return after === STATUS.unknown
    ? 'It was applied, but the check cannot tell any more.'
    : 'It was applied, but the check still says the same.';
}

/** An executor that breaks instead of answering leaves a node of which nobody knows how it stands. */
async function outcomeOf(work: () => Promise<FixOutcome>): Promise<FixOutcome> {
  try {
    return await work();
  } catch (error) {
    if (isCancelled(error)) return { phase: 'uncertain', message: STOPPED };
    if (error instanceof OperatorError) return { phase: 'failed', message: twoSentences(error) };
    const message = error instanceof Error ? error.message : String(error);
    return { phase: 'uncertain', message: `${message}. Survey the node again (step 4).` };
  }
}

export function createFixRun(context: Context): FixRun {
  const { get, set, ports } = context;
  const find = (key: string): FixItem | undefined => get().fixes.find((item) => item.key === key);

  const patch = (key: string, change: Partial<FixItem>): void => {
    set({ fixes: get().fixes.map((item) => (item.key === key ? { ...item, ...change } : item)) });
  };
  const settle = (key: string, phase: Phase, message: string): Phase => {
    // Whatever became of it, trying again is a new decision.
    patch(key, {
      phase,
      message: visibleLine(message, 500),
      picked: false,
      consented: false,
    });
    return phase;
  };

  /** True when the node answered again; a survey that was stopped or broke proves nothing. */
  async function askAgain(node: InventoryNode, signal: AbortSignal): Promise<boolean> {
    try {
      return (await surveyNodes(context, [node], signal)).has(node.name);
    } catch {
      return false;
    }
  }

  async function verify(item: FixItem, node: InventoryNode, signal: AbortSignal): Promise<Phase> {
    const before = judgedStatus(get().report, item.node, item.check);
    patch(item.key, { phase: 'verifying' });
    if (!(await askAgain(node, signal)))
      return settle(
        item.key,
        'uncertain',
        'It was applied, but the node did not answer afterwards. Survey it again (step 4).',
      );
    const after = judgedStatus(get().report, item.node, item.check);
    if (isMended(before, after)) return settle(item.key, 'verified', 'The same probes agree.');
    return settle(item.key, 'not-fixed', notFixed(item, after));
  }

  /** Item and node, when the fix is still what the newest judgement offers: a saved or stale fix is never run. */
  function offered(key: string): { item: FixItem; node: InventoryNode } | null {
    const item = find(key);
    const { nodes, report } = get();
    const node = nodes.find((candidate) => candidate.name === item?.node);
    if (item === undefined || node === undefined) return null;
    const finding = report?.nodes
      .find((candidate) => candidate.name === item.node)
      ?.findings.find((candidate) => candidate.check === item.check);
    const ways = finding?.fixes.map(({ way }) => fixKey(item.node, item.check, way)) ?? [];
    return ways.includes(key) ? { item, node } : null;
  }

  async function apply(key: string, signal: AbortSignal): Promise<Phase> {
    const target = offered(key);
    if (target === null)
      return settle(
        key,
        'failed',
        'The evidence no longer asks for this fix. Nothing was changed.',
      );
    const { item, node } = target;
    patch(key, { phase: 'applying', message: '' });
    const outcome = await outcomeOf(() =>
      ports.fixer.apply(node, item.check, item.fix, get().access, signal),
    );
    // A change that was put back leaves nothing to undo; an earlier one of this fix still may be.
    if (outcome.changeId !== undefined && outcome.phase !== 'failed')
      patch(key, { changeId: outcome.changeId });
    if (outcome.phase === 'applied') return verify(item, node, signal);
    return settle(key, outcome.phase, outcome.message);
  }

  async function applyRest(keys: readonly string[], signal: AbortSignal): Promise<void> {
    const queue = [...keys];
    const worker = async (): Promise<void> => {
      for (let key = queue.shift(); key !== undefined && !signal.aborted; key = queue.shift())
        await apply(key, signal);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  async function undo(key: string, signal: AbortSignal): Promise<void> {
    const item = find(key);
    const node = get().nodes.find((candidate) => candidate.name === item?.node);
    if (item?.changeId === undefined || node === undefined) return;
    const { changeId, phase } = item;
    patch(key, { phase: 'undoing', message: '' });
    const outcome = await outcomeOf(() => ports.fixer.undo(node, changeId, get().access, signal));
    if (outcome.phase !== 'undone') {
      settle(key, outcome.phase === 'failed' ? phase : 'uncertain', outcome.message);
      context.notify('warning', `It was not undone: ${visibleLine(outcome.message, 400)}`);
      return;
    }
    patch(key, { phase: 'verifying', changeId: undefined });
    const answered = await askAgain(node, signal);
    const tail = answered ? '' : ' The node did not answer afterwards. Survey it again (step 4).';
    settle(key, 'undone', `${outcome.message}${tail}`);
  }

  return { patch, apply, applyRest, undo };
}
