import type { Catalogue } from '../src/domain/check.js';

/** Every check, in the order in which reports list them. The version changes whenever a verdict can change. */
export const catalogue: Catalogue = {
  version: '2026.11.1',
  checks: [],
};
