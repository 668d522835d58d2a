import type { Fix } from '../domain/fix.js';
import type { Report } from '../domain/report.js';
import { STATUS, type Status } from '../domain/status.js';
import type { Judgement } from '../engine/build-report.js';
import type { FixItem } from './state.js';

export const fixKey = (node: string, check: string, way: string): string =>
  `${node}/${check}/${way}`;

const RETRYABLE: readonly FixItem['phase'][] = ['offered', 'failed', 'not-fixed', 'undone'];

/** Whether the node is being changed, or asked what became of it. */
const isUnderWay = ({ phase }: FixItem): boolean =>
  phase === 'applying' || phase === 'undoing' || phase === 'verifying';

/** Whether a fix is only shown: this version does not apply it. */
export const isByHand = (item: FixItem): boolean => item.fix.byHandOnly === true;

/**
 * Whether an item may be picked. One that is only shown may not, and an uncertain one not until a survey has shown how
 * the node stands.
 */
export const canPick = (item: FixItem): boolean =>
  !isByHand(item) && RETRYABLE.includes(item.phase);

/** Whether the node's journal holds a change of this item that may be undone. */
export const canUndo = (item: FixItem): boolean =>
  item.changeId !== undefined &&
  ['verified', 'not-fixed', 'uncertain', 'failed'].includes(item.phase);

/** The status of a node's finding as judged, whatever a waiver makes of it. */
export function judgedStatus(report: Report | null, node: string, check: string): Status | null {
  const nodeReport = report?.nodes.find((candidate) => candidate.name === node);
  const finding = nodeReport?.findings.find((candidate) => candidate.check === check);
  return finding === undefined ? null : (finding.waivedFrom ?? finding.status);
}

/** Unknown is never a proof: only a positive verdict closes a fix (design.md 2, finding). */
export function isMended(before: Status | null, after: Status | null): boolean {
  if (after === STATUS.pass || after === STATUS.notApplicable) return true;
  return after === STATUS.warn && before === STATUS.fail;
}

const offer = (node: string, check: string, fix: Fix): FixItem => ({
  key: fixKey(node, check, fix.way),
  node,
  check,
  fix,
  picked: false,
  consented: false,
  phase: 'offered',
  message: '',
});

function renew(item: FixItem, fix: Fix): FixItem {
  if (isUnderWay(item)) return item;
  // The operator agreed to what was shown; another text needs another consent.
  const same = JSON.stringify(item.fix) === JSON.stringify(fix);
  const kept: FixItem = same ? { ...item, fix } : { ...item, fix, consented: false };
  return item.phase === 'verified'
    ? { ...kept, phase: 'not-fixed', message: 'A later survey shows that the check fails again.' }
    : kept;
}

const outlivesItsOffer = (item: FixItem): boolean =>
  item.changeId !== undefined || !['offered', 'failed'].includes(item.phase);

/** The fixes that the new judgement offers, with what the operator and the nodes made of them so far; those by hand last. */
export function syncFixes(
  items: readonly FixItem[],
  judgement: Judgement | null,
  nodes: readonly string[],
): readonly FixItem[] {
  const old = new Map(items.map((item) => [item.key, item]));
  const result: FixItem[] = [];
  for (const node of nodes) {
    const offered = [...(judgement?.fixes.get(node) ?? [])].flatMap(([check, fixes]) =>
      fixes.map((fix) => offer(node, check, fix)),
    );
    const keys = new Set(offered.map((item) => item.key));
    const kept = items.filter(
      (item) => item.node === node && !keys.has(item.key) && outlivesItsOffer(item),
    );
    const current = offered.map((item) => {
      const known = old.get(item.key);
      return known === undefined ? item : renew(known, item.fix);
    });
    result.push(...kept, ...current);
  }
  return [...result.filter((item) => !isByHand(item)), ...result.filter(isByHand)];
}

/**
 * What a survey says of changes that were not proven when they were made: an uncertain one shows how it ended (until
 * then nothing may be tried again), and one that took no effect may have done so since, as after a reboot.
 */
export function settleBySurvey(
  items: readonly FixItem[],
  report: Report | null,
  surveyed: ReadonlySet<string>,
): readonly FixItem[] {
  return items.map((item) => {
    const open = item.phase === 'uncertain' || item.phase === 'not-fixed';
    if (!open || !surveyed.has(item.node)) return item;
    const status = judgedStatus(report, item.node, item.check);
    if (status === STATUS.pass || status === STATUS.notApplicable)
      return { ...item, phase: 'verified', message: 'A later survey shows that it is mended.' };
    return item.phase === 'uncertain' && (status === STATUS.fail || status === STATUS.warn)
      ? { ...item, phase: 'not-fixed', message: 'A later survey shows that the check still fails.' }
      : item;
  });
}

/** A session that ended during a change cannot tell how the change ended. */
export const interrupted = (item: FixItem): FixItem =>
  isUnderWay(item)
    ? {
        ...item,
        picked: false,
        phase: 'uncertain',
        message:
          'The session ended during this change. Survey the node (step 4) to see how it stands.',
      }
    : item;
