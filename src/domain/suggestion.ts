import type { Report } from './report.js';
import { READINESS } from './status.js';

/** What is promised of the intent that a report suggests, without its words; null when it suggests none. */
export function suggestionPromise({
  suggestion,
  nodes,
}: Pick<Report, 'suggestion' | 'nodes'>): string | null {
  if (suggestion === undefined) return null;
  const { readiness } = suggestion;
  if (readiness === READINESS.notReady) return 'An intent with which fewer required checks fail';
  const where = nodes.every((node) => node.reached) ? 'every node' : 'every node that was reached';
  return readiness === READINESS.ready
    ? `An intent that passes on ${where}`
    : `An intent with which nothing fails on ${where}`;
}

/** `An intent that passes on every node: encapsulation: vxlan`; null when the report suggests none. */
export function suggestionLine(report: Pick<Report, 'suggestion' | 'nodes'>): string | null {
  const promise = suggestionPromise(report);
  return promise === null ? null : `${promise}: ${(report.suggestion?.words ?? []).join(', ')}`;
}
