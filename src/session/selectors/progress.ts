import type { UnknownHostKey } from '../../domain/transport.js';
import { lookup } from '../records.js';
import type { NodeAccess, NodeProgress, SessionState } from '../state.js';

/** How many nodes are in each phase of Access; a node that was never tried counts as untried. */
export function accessCounts(state: SessionState): Readonly<Record<NodeAccess['phase'], number>> {
  const counts = { untried: 0, connecting: 0, open: 0, 'host-key': 0, failed: 0 };
  for (const { name } of state.nodes)
    counts[lookup(state.nodeAccess, name)?.phase ?? 'untried'] += 1;
  return counts;
}

/** How many nodes are in each phase of the survey; `waiting` includes those not started. */
export function surveyCounts(state: SessionState): Readonly<Record<NodeProgress['phase'], number>> {
  const counts = { waiting: 0, connecting: 0, asking: 0, asked: 0, unreached: 0 };
  for (const { name } of state.nodes) counts[lookup(state.progress, name)?.phase ?? 'waiting'] += 1;
  return counts;
}

/** The host keys that wait for the operator, in the order of the inventory. */
export function hostKeyTable(state: SessionState): readonly UnknownHostKey[] {
  return state.nodes.flatMap(({ name }) => {
    const access = lookup(state.nodeAccess, name);
    return access?.phase === 'host-key' && !access.accepted ? [access.key] : [];
  });
}

/** How many keys that wait agree with the operator's list. */
export const hostKeysOnList = (state: SessionState): number =>
  Object.values(state.nodeAccess).filter(
    (access) => access.phase === 'host-key' && !access.accepted && access.listed === 'agrees',
  ).length;

/** One node's access, `untried` when nothing happened yet. */
export const accessTo = (state: SessionState, node: string): NodeAccess =>
  lookup(state.nodeAccess, node) ?? { phase: 'untried' };
