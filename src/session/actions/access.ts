import type { InventoryNode } from '../../domain/inventory.js';
import {
  AFTER_A_DIFFERENCE,
  compareWithList,
  differsFromList,
  parseHostKeyList,
} from '../../domain/host-key-list.js';
import { reason } from '../../domain/reason.js';
import type { UnknownHostKey } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import type { SessionActions } from '../actions.js';
import { createBatch } from '../batch.js';
import type { Context } from '../context.js';
import type { AccessEvent } from '../ports.js';
import { lookup, without } from '../records.js';
import type { NodeAccess, SessionState } from '../state.js';

type Access = Pick<
  SessionActions,
  | 'setAccess'
  | 'openAccess'
  | 'acceptHostKey'
  | 'acceptAllHostKeys'
  | 'compareHostKeys'
  | 'loadHostKeyList'
  | 'refuseHostKey'
  | 'answerPrompt'
>;

/** A new key beside the operator's list: one that differs stops the node, and no key press can accept it. */
function withNewKey(key: UnknownHostKey, { hostKeyList, nodes }: SessionState): NodeAccess {
  if (hostKeyList === undefined) return { phase: 'host-key', key, accepted: false };
  const fleet = nodes.map(({ name, host, port = 22 }) => ({ node: name, host, port }));
  const verdict = compareWithList(hostKeyList, key, fleet);
  if (verdict.kind !== 'differs')
    return { phase: 'host-key', key, accepted: false, listed: verdict.kind };
  return {
    phase: 'failed',
    reason: differsFromList(key, verdict.why),
    nextStep: AFTER_A_DIFFERENCE,
  };
}

function accessOf(event: AccessEvent, state: SessionState): NodeAccess {
  switch (event.kind) {
    case 'connecting':
      return { phase: 'connecting' };
    case 'open':
      return { phase: 'open', peer: event.peer, privilege: visibleLine(event.privilege, 120) };
    case 'host-key':
      return withNewKey(event.key, state);
    case 'failed':
      return {
        phase: 'failed',
        reason: visibleLine(event.reason, 300),
        nextStep: visibleLine(event.nextStep, 300),
      };
  }
}

export function accessActions(context: Context): Access {
  const { get, set, ports, notify } = context;
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
          batch.push(event.node, accessOf(event, get()));
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

  /** Puts a list beside the keys that wait, and those to come. */
  const compare = (text: string, source: string): void => {
    const list = parseHostKeyList(text);
    if (list.keys.length === 0 && text.trim() !== '') {
      notify('error', 'No host key could be read there. Lines of ssh-keygen -lf would do.');
      return;
    }
    set(
      text.trim() === ''
        ? { hostKeyList: undefined }
        : { hostKeyList: { ...list, source: visibleLine(source, 200) } },
    );
    const waiting = Object.entries(get().nodeAccess).flatMap(([name, access]) =>
      access.phase === 'host-key' && !access.accepted
        ? [[name, withNewKey(access.key, get())] as const]
        : [],
    );
    note(new Map(waiting));
    const read = `${String(list.keys.length)} host keys on your list`;
    if (list.unread > 0)
      notify('warning', `${read}; ${String(list.unread)} lines could not be read.`);
    else if (list.keys.length > 0) notify('info', `${read}.`);
  };

  return {
    setAccess: (change) => {
      const before = get().access;
      const access = { ...before, ...change };
      if (JSON.stringify(access) === JSON.stringify(before) || context.refuseWhileBusy()) return;
      // Who was let in with the old settings was not tried with these.
      set({ access, nodeAccess: {} });
      context.save();
    },
    openAccess: open,
    acceptHostKey: (node) => {
      accept([node]);
    },
    acceptAllHostKeys: () => {
      const { nodeAccess, hostKeyList } = get();
      const agrees = (name: string): boolean => {
        const access = lookup(nodeAccess, name);
        return access?.phase === 'host-key' && access.listed === 'agrees';
      };
      accept(Object.keys(nodeAccess).filter((name) => hostKeyList === undefined || agrees(name)));
    },
    compareHostKeys: (text) => {
      compare(text, 'pasted');
    },
    loadHostKeyList: (path) =>
      context.long('Reading the list of host keys', async () => {
        compare(await ports.files.readHostKeys(path), path);
      }),
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
