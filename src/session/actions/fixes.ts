import type { SessionActions } from '../actions.js';
import type { Context } from '../context.js';
import { canPick, canUndo } from '../fix-items.js';
import type { FixPreview } from '../ports.js';
import type { FixItem } from '../state.js';
import { createFixRun } from './fix-run.js';

type Fixes = Pick<
  SessionActions,
  'pickFix' | 'consentFix' | 'previewFix' | 'applyFixes' | 'undoFix'
>;

const NO_PREVIEW: FixPreview = {
  diff: [],
  actions: ['This node is not on the list any more.'],
  loses: [],
  commandLine: '',
};

const stopped = (signal: AbortSignal): boolean => signal.aborted;

/** Groups of the same fix on several nodes; in each the first node is the canary. */
function groupsOf(items: readonly FixItem[]): readonly (readonly FixItem[])[] {
  const groups = new Map<string, readonly FixItem[]>();
  for (const item of items) {
    const name = `${item.check}/${item.fix.way}`;
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups.values()];
}

export function fixActions(context: Context): Fixes {
  const { get, notify, ports } = context;
  const run = createFixRun(context);
  const find = (key: string): FixItem | undefined => get().fixes.find((item) => item.key === key);

  async function applyAll(items: readonly FixItem[], signal: AbortSignal): Promise<void> {
    for (const [canary, ...rest] of groupsOf(items)) {
      if (canary === undefined || stopped(signal)) return;
      const phase = await run.apply(canary.key, signal);
      if (phase !== 'verified') {
        const left = items.filter((item) => find(item.key)?.picked === true).length;
        if (!stopped(signal) && left > 0)
          notify(
            'warning',
            `${canary.check} on ${canary.node} was tried first and is not mended, so the ` +
              `${String(left)} other picked ${left === 1 ? 'fix was' : 'fixes were'} not started.`,
          );
        return;
      }
      await run.applyRest(
        rest.map((item) => item.key),
        signal,
      );
    }
  }

  return {
    pickFix: (key, picked) => {
      const item = find(key);
      if (item === undefined || (picked && !canPick(item)) || context.refuseWhileBusy()) return;
      run.patch(key, { picked });
    },
    consentFix: (key, typed) => {
      const item = find(key);
      if (item === undefined || !canPick(item)) return false;
      // Without a word there is nothing to agree to by typing, and a disruptive fix is never consented by accident.
      const agreed = item.fix.consentWord !== undefined && typed === item.fix.consentWord;
      if (agreed) run.patch(key, { consented: true });
      return agreed;
    },
    previewFix: (item) => {
      const node = get().nodes.find((candidate) => candidate.name === item.node);
      return node === undefined ? NO_PREVIEW : ports.fixer.preview(node, item.check, item.fix);
    },
    applyFixes: async () => {
      const picked = get().fixes.filter((item) => item.picked && canPick(item));
      const agreed = picked.filter((item) => item.fix.kind === 'safe' || item.consented);
      const waiting = picked.length - agreed.length;
      if (agreed.length === 0) {
        notify(
          'info',
          waiting === 0
            ? 'Pick a fix first.'
            : 'The picked fixes disturb the node: open each and type its word first.',
        );
        return;
      }
      await context.long('Applying fixes', async (signal) => {
        await applyAll(agreed, signal);
        if (waiting > 0 && get().notice === null)
          notify('info', `${String(waiting)} picked fixes wait for their word to be typed.`);
      });
    },
    undoFix: async (key) => {
      const item = find(key);
      if (item === undefined || !canUndo(item)) {
        notify('info', 'There is no change of this fix to undo.');
        return;
      }
      await context.long('Undoing a fix', (signal) => run.undo(key, signal));
    },
  };
}
