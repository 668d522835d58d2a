import type { Finding } from '../domain/report.js';
import { READINESS, STATUS, STATUSES, type Readiness, type Status } from '../domain/status.js';

/** A required failure blocks; else a required unknown leaves it open; else it is ready. */
export function readinessOf(findings: readonly Pick<Finding, 'severity' | 'status'>[]): Readiness {
  let readiness: Readiness = READINESS.ready;
  for (const { severity, status } of findings) {
    if (severity !== 'required') continue;
    if (status === STATUS.fail) return READINESS.notReady;
    if (status === STATUS.unknown) readiness = READINESS.unknown;
  }
  return readiness;
}

/** The fleet is as ready as its least ready part; a fleet of nothing cannot be told. */
export function fleetReadiness(parts: readonly Readiness[]): Readiness {
  if (parts.includes(READINESS.notReady)) return READINESS.notReady;
  return parts.length === 0 || parts.includes(READINESS.unknown)
    ? READINESS.unknown
    : READINESS.ready;
}

export function countStatuses(
  findings: readonly Pick<Finding, 'status'>[],
): Record<Status, number> {
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<
    Status,
    number
  >;
  for (const finding of findings) counts[finding.status] += 1;
  return counts;
}
