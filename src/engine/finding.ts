import { type AnyCheck, type Verdict } from '../domain/check.js';
import type { CalicoSetting } from '../domain/calico-setting.js';
import type { Fix } from '../domain/fix.js';
import type { Intent } from '../domain/intent.js';
import { nextStepFor } from '../domain/next-step.js';
import type { Finding } from '../domain/report.js';
import { STATUS } from '../domain/status.js';
import { visible } from '../domain/visible.js';

const wordsOf = (
  verdict: Verdict,
): Pick<Finding, 'status' | 'found' | 'expected' | 'reason' | 'toKnow'> => {
  if (verdict.status !== STATUS.unknown) {
    const expected = 'expected' in verdict ? { expected: visible(verdict.expected) } : {};
    return { status: verdict.status, found: visible(verdict.found), ...expected };
  }
  const why = visible(verdict.reason);
  const toKnow = visible(verdict.toKnow ?? nextStepFor(verdict.reason));
  return { status: verdict.status, found: `not known (${why})`, reason: why, toKnow };
};

const seen = (setting: CalicoSetting): CalicoSetting => ({
  ...setting,
  value: valueSeen(setting.value),
  why: visible(setting.why),
});
const valueSeen = (value: CalicoSetting['value']): CalicoSetting['value'] => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? visible(value) : value.map((one) => visible(one));
};

/** A finding without its evidence. */
export function findingOf(
  check: AnyCheck,
  verdict: Verdict,
  fixes: readonly Fix[],
  intent: Intent,
  settings: readonly CalicoSetting[] = [],
): Finding {
  const bad = verdict.status === STATUS.fail || verdict.status === STATUS.warn;
  const [source] = check.sources;
  return {
    check: check.id,
    title: check.title,
    severity: check.severity,
    ...wordsOf(verdict),
    source: { page: source.page, url: source.url },
    breaks: bad ? (check.breaks ?? []) : [],
    alternatives: bad ? (check.alternatives?.(intent) ?? []) : [],
    fixes: fixes.map(({ way, kind, summary, byHandOnly }) => ({
      way,
      kind,
      summary: visible(summary),
      ...(byHandOnly === true ? { byHand: true as const } : {}),
    })),
    ...(settings.length === 0 ? {} : { settings: settings.map(seen) }),
    evidence: [],
  };
}
