import { listChanges } from '../../change/run.js';
import { openChanges, type ChangeOutcome } from '../../change/types.js';
import { InputError } from '../../domain/errors.js';
import type { InventoryNode } from '../../domain/inventory.js';
import type { Transport } from '../../domain/transport.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { note } from '../io.js';
import type { CommonOptions } from '../options.js';
import { headlessTransport } from '../wiring/asker.js';
import { changeOptions, onNode, undoOn } from '../wiring/changes.js';
import { chooseNodes } from '../wiring/inputs.js';
import { interruptible } from '../wiring/run.js';
import { terminalSecrets } from '../wiring/secrets.js';

export type UndoOptions = CommonOptions & { readonly change?: string; readonly all?: boolean };

/** The changes to undo on one node, the newest first; an empty id is the newest. */
async function changesOf(
  node: InventoryNode,
  options: UndoOptions,
  transport: Transport,
  signal: AbortSignal,
): Promise<readonly string[] | ChangeOutcome> {
  if (options.all !== true) return [options.change ?? ''];
  const listed = await onNode(transport, node, signal, (session) =>
    listChanges(session, changeOptions(node, signal)),
  );
  if ('phase' in listed) return listed;
  if (listed.state === 'unknown') {
    return {
      phase: 'failed',
      message: `The journal of ${node.name} could not be read: ${listed.reason}`,
      steps: [],
    };
  }
  return openChanges(listed.value).map(({ id }) => id);
}

async function undoNode(
  node: InventoryNode,
  options: UndoOptions,
  transport: Transport,
  signal: AbortSignal,
): Promise<ChangeOutcome['phase'][]> {
  const ids = await changesOf(node, options, transport, signal);
  if ('phase' in ids) {
    note(`${node.name}: ${ids.message}`);
    return [ids.phase];
  }
  if (ids.length === 0) note(`${node.name}: there is no change to undo.`);
  const phases: ChangeOutcome['phase'][] = [];
  for (const id of ids) {
    const outcome = await undoOn(transport, node, id, signal);
    note(`${node.name}: ${outcome.message}`);
    phases.push(outcome.phase);
    // What lies below a change that could not be undone stays as it is.
    if (outcome.phase !== 'undone') break;
  }
  return phases;
}

/** `calico-ready undo`: rolls back from the node's own journal. */
export async function runUndo(names: readonly string[], options: UndoOptions): Promise<ExitCode> {
  if (options.change !== undefined && options.all === true) {
    throw new InputError('--change and --all exclude each other.', 'Choose one of them.');
  }
  const nodes = await chooseNodes(
    options.local === true ? names.filter((name) => name !== 'localhost') : names,
    options,
  );
  if (nodes.length === 0) {
    throw new InputError('No node is named.', 'Name nodes, or --inventory FILE, or --local.');
  }
  const secrets = await terminalSecrets(options);
  const { signal, dispose } = interruptible();
  try {
    const transport = headlessTransport(options, secrets);
    const phases: ChangeOutcome['phase'][] = [];
    for (const node of nodes) phases.push(...(await undoNode(node, options, transport, signal)));
    if (phases.includes('failed')) return EXIT.notReady;
    return phases.includes('uncertain') ? EXIT.cannotTell : EXIT.good;
  } finally {
    dispose();
  }
}
