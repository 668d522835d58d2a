import type { AnyCheck, Catalogue } from '../domain/check.js';
import type { Intent } from '../domain/intent.js';
import type { AnyProbe } from '../domain/probe.js';

/** The probes that one check looks at. */
export function probesOf(check: AnyCheck): readonly AnyProbe[] {
  return [...Object.values(check.needs), ...Object.values(check.witnesses ?? {})];
}

/** Every probe of the catalogue once, in catalogue order. */
export function allProbes(catalogue: Catalogue): readonly AnyProbe[] {
  return unique(catalogue.checks.flatMap(probesOf));
}

/**
 * The probes to run for this intent: those of every check that applies and that can be collected, in catalogue order
 * whichever check asks for them first.
 */
export function planProbes(catalogue: Catalogue, intent: Intent): readonly AnyProbe[] {
  const applying = catalogue.checks.filter((check) => (check.skip?.(intent) ?? null) === null);
  const asked = new Set(applying.flatMap(probesOf).map(({ id }) => id));
  return allProbes(catalogue).filter(({ id, script }) => script !== null && asked.has(id));
}

const unique = (probes: readonly AnyProbe[]): readonly AnyProbe[] => [
  ...new Map(probes.map((probe) => [probe.id, probe])).values(),
];
