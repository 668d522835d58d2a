import type { Finding, Waiver } from '../domain/report.js';
import { STATUS } from '../domain/status.js';

/** Marks what a waiver in force covers. Only a fail or an unknown needs one; the old status stays visible. */
export function waive(
  finding: Finding,
  node: string | null,
  waivers: readonly Waiver[],
  waivable: boolean,
  now: number,
): Finding {
  const needed = finding.status === STATUS.fail || finding.status === STATUS.unknown;
  if (!needed || !waivable) return finding;
  const waiver = waivers.find(
    (candidate) =>
      candidate.check === finding.check &&
      (candidate.nodes === undefined || (node !== null && candidate.nodes.includes(node))) &&
      now <= Date.parse(`${candidate.until}T23:59:59.999Z`),
  );
  return waiver === undefined
    ? finding
    : { ...finding, status: STATUS.waived, waiver, waivedFrom: finding.status };
}
