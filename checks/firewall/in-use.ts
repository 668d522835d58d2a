import type { UnitState } from '../probes/support/systemctl.js';

/** Whether a service runs now or at the next boot; null while that cannot be told. An absent one is not in use. */
export const isUsed = (unit: UnitState | undefined): boolean | null =>
  unit?.running === true || unit?.enabled === true ? true : (unit?.running ?? null);

export const SETTLE = 'Look at its state on the node, or ask again when it has settled.';
