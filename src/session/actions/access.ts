import type { InventoryNode } from '../../domain/inventory.js';
import { reason } from '../../domain/reason.js';
import { visibleLine } from '../../domain/visible.js';
import type { SessionActions } from '../actions.js';
import { createBatch } from '../batch.js';
import type { Context } from '../context.js';
import type { AccessEvent } from '../ports.js';
import { lookup, without } from '../records.js';
import type { NodeAccess } from '../state.js';

type Access = Pick<
  SessionActions,
  | 'setAccess'
  | 'openAccess'
  | 'acceptHostKey'
  | 'acceptAllHostKeys'
  | 'refuseHostKey'
  | 'answerPrompt'
>;

function accessOf(event: AccessEvent): NodeAccess {
  switch (event.kind) {
    case 'connecting':
      return { phase: 'connecting' };
    case 'open':
      return { phase: 'open', peer: event.peer, privilege: visibleLine(event.privilege, 120) };
    case 'host-key':
      return { phase: 'host-key', key: event.key, accepted: false };
    case 'failed':
      return {
        phase: 'failed',
        reason: visibleLine(event.reason, 300),
        nextStep: visibleLine(event.nextStep, 300),
      };
  }
}

export function accessActions(context: Context): Access {
  const { get, set, ports } = context;
  const note = (changes: ReadonlyMap<string, NodeAccess>): void => {
    set({ nodeAccess: { ...get().nodeAccess, ...Object.fromEntries(changes) } });
  };
  const phaseIs = (node: InventoryNode, wanted: NodeAccess['phase']): boolean =>
    lookup(get().nodeAccess, node.name)?.phase === wanted;
  const accepted = (nodes: readonly InventoryNode[]): readonly InventoryNode[] =>
    nodes.filter((node) => {
      const access = lookup(get().nodeAccess, node.name);
      return access?.phase === 'host-key' && access.accepted;
    });

  /** One round of connecting; afterwards no node is left `connecting`. */
  async function round(nodes: readonly InventoryNode[], signal: AbortSignal): Promise<void> {
    note(new Map(nodes.map((node) => [node.name, { phase: 'connecting' }])));
    const batch = createBatch<NodeAccess>(note);
    try {
      await ports.fleet.access(
        nodes,
        get().access,
        (event) => {
          batch.push(event.node, accessOf(event));
        },
        signal,
      );
    } finally {
      batch.close();
      const open = new Set(nodes.filter((node) => phaseIs(node, 'connecting')).map((n) => n.name));
      set({ nodeAccess: without(get().nodeAccess, (name) => open.has(name)) });
    }
  }

  const open = (names?: readonly string[]): Promise<void> => {
    const nodes = get().nodes.filter((node) => names?.includes(node.name) ?? true);
    if (nodes.length === 0) return Promise.resolve();
    return context.long('Connecting', async (signal) => {
      let next: readonly InventoryNode[] = nodes;
      // Keys that were accepted while others were still connecting are tried in another round.
      while (next.length > 0 && !signal.aborted) {
        await round(next, signal);
        next = accepted(get().nodes);
      }
    });
  };

  const accept = (names: readonly string[]): void => {
    const changes = new Map<string, NodeAccess>();
    const keys = names.flatMap((name) => {
      const access = lookup(get().nodeAccess, name);
      if (access?.phase !== 'host-key' || access.accepted) return [];
      changes.set(name, { ...access, accepted: true });
      return [access.key];
    });
    if (keys.length === 0) return;
    ports.fleet.acceptHostKeys(keys);
    note(changes);
    if (get().busy === null) void open([...changes.keys()]);
  };

  return {
    setAccess: (change) => {
      set({ access: { ...get().access, ...change } });
    },
    openAccess: open,
    acceptHostKey: (node) => {
      accept([node]);
    },
    acceptAllHostKeys: () => {
      accept(Object.keys(get().nodeAccess));
    },
    refuseHostKey: (node) => {
      if (lookup(get().nodeAccess, node)?.phase !== 'host-key') return;
      const why = reason('host-key-unknown', 'the operator refused the key');
      const nextStep = 'Compare the fingerprint on the console of the node, then connect again.';
      note(new Map([[node, { phase: 'failed', reason: why, nextStep }]]));
    },
    answerPrompt: (secret) => {
      ports.prompts.answer(secret);
    },
  };
}
