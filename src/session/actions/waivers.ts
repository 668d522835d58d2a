import type { Waiver } from '../../domain/report.js';
import { visibleLine } from '../../domain/visible.js';
import type { SessionActions } from '../actions.js';
import type { Context } from '../context.js';

/** The end of the waiver's last day, UTC, in milliseconds; NaN when it is no day of the calendar. */
function endOf(until: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until)) return Number.NaN;
  const end = Date.parse(`${until}T23:59:59.999Z`);
  // 2026-02-30 is read as 2 March by Date: a day that does not print as itself does not exist.
  return !Number.isNaN(end) && new Date(end).toISOString().startsWith(until) ? end : Number.NaN;
}

const sameScope = (a: Waiver, b: Waiver): boolean =>
  a.check === b.check && JSON.stringify(a.nodes) === JSON.stringify(b.nodes);

export function waiverActions(
  context: Context,
): Pick<SessionActions, 'addWaiver' | 'removeWaiver'> {
  const { get, commit, notify, ports, save } = context;

  function objection(waiver: Waiver): string | null {
    const check = ports.catalogue.checks.find(({ id }) => id === waiver.check);
    if (check === undefined) return `There is no check ${visibleLine(waiver.check, 80)}.`;
    if (!check.waivable) return `${check.id} cannot be waived: nobody may sign that away.`;
    if (waiver.who.trim() === '') return 'A waiver needs to say who takes it upon them.';
    if (waiver.why.trim() === '') return 'A waiver needs a reason.';
    const end = endOf(waiver.until);
    if (Number.isNaN(end)) return 'The last day of a waiver is written as 2026-12-31.';
    if (end < ports.clock.now()) return `The day ${waiver.until} has passed: it waives nothing.`;
    const names = new Set(get().nodes.map((node) => node.name));
    const stranger = waiver.nodes?.find((node) => !names.has(node));
    return stranger === undefined ? null : `There is no node ${visibleLine(stranger, 80)}.`;
  }

  return {
    addWaiver: (waiver) => {
      if (context.refuseWhileBusy()) return;
      const why = objection(waiver);
      if (why !== null) {
        notify('error', why);
        return;
      }
      const clean: Waiver = {
        ...waiver,
        who: visibleLine(waiver.who.trim(), 200),
        why: visibleLine(waiver.why.trim(), 500),
      };
      const others = get().waivers.filter((other) => !sameScope(other, clean));
      commit({ waivers: [...others, clean], notice: null });
      save();
    },
    removeWaiver: (check, node) => {
      if (context.refuseWhileBusy()) return;
      commit({ waivers: get().waivers.flatMap((waiver) => remaining(waiver, check, node)) });
      save();
    },
  };
}

/** What is left of a waiver: nothing when no node is named or left, all when it is about something else. */
function remaining(waiver: Waiver, check: string, node: string | undefined): readonly Waiver[] {
  if (waiver.check !== check) return [waiver];
  if (node === undefined) return [];
  if (waiver.nodes === undefined) return [waiver];
  const nodes = waiver.nodes.filter((other) => other !== node);
  return nodes.length === 0 ? [] : [{ ...waiver, nodes }];
}
