import type { AnyCheck, Catalogue } from '../domain/check.js';
import type { Intent } from '../domain/intent.js';
import type { AnyProbe } from '../domain/probe.js';

/** The probes that one check looks at. */
export function probesOf(check: AnyCheck): readonly AnyProbe[] {
  const witnesses = check.scope === 'node' ? Object.values(check.witnesses ?? {}) : [];
  return [...Object.values(check.needs), ...witnesses];
}

/** Every probe of the catalogue once, in catalogue order. */
export function allProbes(catalogue: Catalogue): readonly AnyProbe[] {
  return unique(catalogue.checks.flatMap(probesOf));
}

/** The probes to run for this intent: those of every check that applies and that can be collected. */
export function planProbes(catalogue: Catalogue, intent: Intent): readonly AnyProbe[] {
  const applying = catalogue.checks.filter((check) => (check.skip?.(intent) ?? null) === null);
  return unique(applying.flatMap(probesOf)).filter((probe) => probe.script !== null);
}

const unique = (probes: readonly AnyProbe[]): readonly AnyProbe[] => [
  ...new Map(probes.map((probe) => [probe.id, probe])).values(),
];
