import { applyFix, undoChange, type RunOptions } from '../../change/run.js';
import type { ChangeOutcome } from '../../change/types.js';
import { ConnectError } from '../../domain/errors.js';
import type { Fix } from '../../domain/fix.js';
import type { InventoryNode } from '../../domain/inventory.js';
import type { Session, Transport } from '../../domain/transport.js';
import { VERSION } from '../version.js';
import { clock, randomHex } from './run.js';

/** A change script stops units and reloads daemons; a slow one must not look lost. */
const DEADLINE_MS = 180_000;

export const changeOptions = (node: InventoryNode, signal: AbortSignal): RunOptions => ({
  node: node.name,
  nonce: randomHex(),
  time: new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z'),
  version: VERSION,
  signal,
  deadlineMs: DEADLINE_MS,
});

/** `20261122-031500-1a2b3c`: sorts by time in the node's journal. */
export const newChangeId = (): string =>
  `${new Date(clock.now()).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${randomHex().slice(0, 6)}`;

/** Opens a connection for one piece of work and closes it. A node that is not reached is a failed outcome. */
export async function onNode<T>(
  transport: Transport,
  node: InventoryNode,
  signal: AbortSignal,
  work: (session: Session) => Promise<T>,
): Promise<T | ChangeOutcome> {
  let session: Session;
  try {
    session = await transport.open(node, signal);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return {
      phase: 'failed',
      message: `${node.name} was not reached, nothing was changed: ${error.reason}`,
      steps: [],
    };
  }
  try {
    return await work(session);
  } finally {
    await session.close().catch(() => undefined);
  }
}

export const applyOn = (
  transport: Transport,
  node: InventoryNode,
  check: string,
  fix: Fix,
  signal: AbortSignal,
): Promise<ChangeOutcome> =>
  onNode(transport, node, signal, (session) =>
    applyFix(session, { check, fix }, { ...changeOptions(node, signal), changeId: newChangeId() }),
  );

/** An empty id undoes the newest change. */
export const undoOn = (
  transport: Transport,
  node: InventoryNode,
  changeId: string,
  signal: AbortSignal,
): Promise<ChangeOutcome> =>
  onNode(transport, node, signal, (session) =>
    undoChange(session, { ...changeOptions(node, signal), changeId }),
  );
