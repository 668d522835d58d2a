import type { Fix } from '../domain/fix.js';
import type { Finding, NodeReport } from '../domain/report.js';
import { STATUS } from '../domain/status.js';
import { visibleLine } from '../domain/visible.js';
import type { Judgement } from '../engine/build-report.js';

/** What the operator asked `fix` to do. */
export type FixRequest = {
  readonly checks: readonly string[];
  readonly way?: string;
  /** Check ids whose disruptive fix is agreed to. */
  readonly consents: readonly string[];
  readonly yes: boolean;
  /** `plan` shows and changes nothing, so it needs neither choice nor consent. */
  readonly mode: 'plan' | 'apply';
  /** Somebody can be asked. */
  readonly terminal: boolean;
  /** Node names; absent means every node. */
  readonly nodes?: readonly string[];
};

/** A fix to show or to apply. What is still open is asked on the terminal. */
export type PlannedFix = {
  readonly node: string;
  readonly check: string;
  /** One when it is decided; else the ways to choose from. */
  readonly ways: readonly Fix[];
  readonly asksYes: boolean;
  readonly asksConsent: boolean;
};

/** Where there is nothing to apply, and why; visible text. */
export type Unplanned = {
  readonly node: string;
  readonly check: string;
  readonly kind: 'nothing-to-do' | 'no-fix' | 'cannot-tell';
  readonly why: string;
};

export type FixPlan =
  | {
      readonly kind: 'plan';
      readonly fixes: readonly PlannedFix[];
      readonly others: readonly Unplanned[];
    }
  /** Exit code 3, and nothing was changed. */
  | { readonly kind: 'refused'; readonly message: string; readonly nextStep: string };

type Refusal = Extract<FixPlan, { readonly kind: 'refused' }>;
type Candidate = { readonly node: string; readonly check: string; readonly fixes: readonly Fix[] };

const refused = (message: string, nextStep: string): Refusal => ({
  kind: 'refused',
  message,
  nextStep,
});

const list = (words: Iterable<string>): string => [...new Set(words)].join(', ');

function refuseNames(judgement: Judgement, request: FixRequest): Refusal | null {
  const { report } = judgement;
  const findings = [...report.nodes.flatMap((node) => node.findings), ...report.cluster.findings];
  const ids = new Set(findings.map((finding) => finding.check));
  const stranger = request.checks.find((check) => !ids.has(check));
  if (request.checks.length === 0)
    return refused('No check is named.', 'Name one with --check ID.');
  if (stranger !== undefined) {
    const what = `There is no check ${visibleLine(stranger, 80)}.`;
    return refused(what, 'Run calico-ready explain for the list of ids.');
  }
  const names = new Set(report.nodes.map((node) => node.name));
  const nobody = request.nodes?.find((node) => !names.has(node));
  if (nobody !== undefined)
    return refused(`There is no node ${visibleLine(nobody, 80)}.`, 'Name nodes of the inventory.');
  const vain = request.consents.find((check) => !request.checks.includes(check));
  return vain === undefined
    ? null
    : refused(
        `--consent ${visibleLine(vain, 80)} is for a check that --check does not name.`,
        'Name the same check in both.',
      );
}

function unplanned(node: NodeReport, check: string, finding: Finding | undefined): Unplanned {
  const base = { node: node.name, check };
  if (finding === undefined) {
    const why = 'This check judges the whole fleet and has no fix on one node.';
    return { ...base, kind: 'no-fix', why };
  }
  const { status, found } = finding;
  if (status === STATUS.unknown || finding.waivedFrom === STATUS.unknown)
    return { ...base, kind: 'cannot-tell', why: finding.toKnow ?? found };
  if (status === STATUS.pass || status === STATUS.notApplicable)
    return { ...base, kind: 'nothing-to-do', why: found };
  return { ...base, kind: 'no-fix', why: `There is no ready-made fix: ${found}` };
}

function narrow(candidate: Candidate, request: FixRequest): Candidate | Refusal {
  const { check, fixes } = candidate;
  const ways = list(fixes.map((fix) => fix.way));
  const chosen = fixes.filter((fix) => fix.way === request.way);
  if (chosen.length > 0) return { ...candidate, fixes: chosen };
  if (request.way !== undefined && request.checks.length === 1)
    return refused(`${check} has no way ${visibleLine(request.way, 40)}.`, `Choose from: ${ways}.`);
  if (fixes.length === 1 || request.mode === 'plan' || request.terminal) return candidate;
  return refused(`${check} can be mended in several ways.`, `Choose one with --way: ${ways}.`);
}

function agree(candidate: Candidate, request: FixRequest): PlannedFix | Refusal {
  const { node, check, fixes } = candidate;
  const disruptive = fixes.some((fix) => fix.kind === 'disruptive');
  const agreed = request.consents.includes(check);
  const applying = request.mode === 'apply';
  const asksConsent = applying && disruptive && !agreed;
  // A disruptive fix needs --yes and its consent, both.
  const asksYes = applying && !request.yes;
  if (!request.terminal && asksConsent) {
    const what = `The fix of ${check} is disruptive: ${fixes.flatMap((fix) => fix.loses).join(' ')}`;
    return refused(visibleLine(what, 500), `Agree to it with --consent ${check}.`);
  }
  if (!request.terminal && asksYes)
    return refused(`The fix of ${check} was not agreed to.`, 'Agree to it with --yes.');
  return { node, check, ways: fixes, asksYes, asksConsent };
}

/** What this version can apply of a candidate. To plan is only to show, so there the rest stays. */
function applicable(candidate: Candidate, request: FixRequest): Candidate | Refusal {
  if (request.mode === 'plan') return candidate;
  const { check } = candidate;
  const byHand = candidate.fixes.filter((fix) => fix.byHandOnly === true);
  const fixes = candidate.fixes.filter((fix) => fix.byHandOnly !== true);
  const named = byHand.filter((fix) => fix.way === request.way);
  if (fixes.length > 0 && named.length === 0) return { ...candidate, fixes };
  const shown = named.length > 0 ? named : byHand;
  const ways = named.length > 0 ? ` (way ${list(shown.map(({ way }) => way))})` : '';
  const what = shown.length === 1 ? `the fix of ${check}${ways}` : `a fix of ${check}`;
  const hands = shown.map(({ way, byHand: text }) =>
    shown.length === 1 ? text : `${way}: ${text}`,
  );
  return refused(
    `This version shows ${what} and does not apply it.`,
    visibleLine(`Do it by hand: ${hands.join(' Or ')}`, 2000),
  );
}

function decide(given: Candidate, request: FixRequest): PlannedFix | Refusal {
  const candidate = applicable(given, request);
  if ('kind' in candidate) return candidate;
  const narrowed = narrow(candidate, request);
  return 'kind' in narrowed ? narrowed : agree(narrowed, request);
}

/**
 * Chooses the fixes for a request, or refuses the whole of it: nothing is applied anywhere when one part was not agreed
 * to. Pure.
 */
export function planFixes(judgement: Judgement, request: FixRequest): FixPlan {
  const wrong = refuseNames(judgement, request);
  if (wrong !== null) return wrong;
  const fixes: PlannedFix[] = [];
  const others: Unplanned[] = [];
  for (const node of judgement.report.nodes) {
    if (request.nodes?.includes(node.name) === false) continue;
    for (const check of new Set(request.checks)) {
      const offered = judgement.fixes.get(node.name)?.get(check) ?? [];
      if (offered.length === 0) {
        const finding = node.findings.find((one) => one.check === check);
        others.push(unplanned(node, check, finding));
        continue;
      }
      const decided = decide({ node: node.name, check, fixes: offered }, request);
      if ('kind' in decided) return decided;
      fixes.push(decided);
    }
  }
  return { kind: 'plan', fixes, others };
}
