import { preview } from '../../change/preview.js';
import type { ChangeRecord } from '../../bundle/contents.js';
import type { Fix } from '../../domain/fix.js';
import type { FixPort } from '../../session/ports.js';
import { applyOn, undoOn } from '../wiring/changes.js';
import type { Fleet } from './fleet-port.js';

/** How the operator agreed to a fix, for the bundle. */
export const consentOf = (fix: Fix): string =>
  fix.kind === 'disruptive' ? (fix.consentWord ?? 'typed') : 'picked';

/** Changes nodes for the wizard, each over a connection of its own, and remembers what was done for the bundle. */
export function createFixPort(
  fleet: Fleet,
  onNoPrivilege: () => void,
): {
  readonly port: FixPort;
  readonly changes: () => readonly ChangeRecord[];
} {
  const changes: ChangeRecord[] = [];
  const port: FixPort = {
    preview: (node, check, fix) => preview(fix, node, check),
    apply: async (node, check, fix, settings, signal) => {
      const outcome = await applyOn(fleet.transportFor(settings), node, check, fix, signal);
      if (outcome.message.includes('no-privilege:')) onNoPrivilege();
      changes.push({
        node: node.name,
        check,
        way: fix.way,
        changeId: outcome.changeId ?? '',
        outcome: outcome.phase,
        consent: consentOf(fix),
      });
      return outcome;
    },
    undo: async (node, changeId, settings, signal) => {
      const outcome = await undoOn(fleet.transportFor(settings), node, changeId, signal);
      changes.push({
        node: node.name,
        check: '',
        way: 'undo',
        changeId,
        outcome: outcome.phase,
        consent: 'picked',
      });
      return outcome;
    },
  };
  return { port, changes: () => changes };
}
