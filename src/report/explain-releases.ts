import type { AnyCheck } from '../domain/check.js';
import { DEFAULT_INTENT, INTENT_CHOICES, RELEASES, type Intent } from '../domain/intent.js';

/** An intent under which a check applies; `change` says in what it differs from the default, and is empty when it does not. */
export type ApplyingIntent = { readonly intent: Intent; readonly change: string };

type Change = readonly [key: string, value: string | boolean];

// Besides the closed sets, the switches of an intent.
const CHANGES: readonly Change[] = [
  ...Object.entries(INTENT_CHOICES).flatMap(([key, values]) =>
    values.map((value): Change => [key, value]),
  ),
  ['sctp', true],
  ['bgp', false],
  ['typha', false],
];

const valueOf = ([key, value]: Change): unknown => (key === 'ipFamilies' ? [value] : value);

const withChanges = (changes: readonly Change[]): Intent => ({
  ...DEFAULT_INTENT,
  ...Object.fromEntries(changes.map((change) => [change[0], valueOf(change)])),
});

const applies = (check: AnyCheck, intent: Intent): boolean =>
  (check.skip?.(intent) ?? null) === null;

const inWords = (changes: readonly Change[]): string =>
  changes.map(([key, value]) => `${key}: ${String(value)}`).join(', ');

/** The default intent, or the first that differs from it in one or two keys and that the check applies to. */
export function applyingIntent(check: AnyCheck): ApplyingIntent {
  const candidates: readonly (readonly Change[])[] = [
    [],
    ...CHANGES.map((change) => [change]),
    ...CHANGES.flatMap((one) =>
      CHANGES.filter(([key]) => key !== one[0]).map((other) => [one, other]),
    ),
  ];
  const changes = candidates.find((candidate) => applies(check, withChanges(candidate))) ?? [];
  return { intent: withChanges(changes), change: inWords(changes) };
}

/** Neighbouring releases that judge alike. */
export type ReleaseRule = { readonly label: string; readonly text: string };

const PAGES: Readonly<Partial<Record<Intent['calico'], string>>> = {
  '3.0': 'The page of Calico 3.0 as written',
  '3.29-page-B': 'The page of Calico 3.29 as written',
};

const ruleOf = (check: AnyCheck, intent: Intent): string | null => {
  const skipped = check.skip?.(intent) ?? null;
  if (skipped !== null) return `not judged: ${skipped}`;
  return check.rule?.(intent) ?? null;
};

type Run = { readonly first: string; last: string; readonly text: string };

const labelOf = ({ first, last }: Run): string => {
  const page = PAGES[first as Intent['calico']];
  if (page !== undefined && first === last) return page;
  return first === last ? `Calico ${first}` : `Calico ${first} to ${last}`;
};

/** How the check is judged, release by release, those with the same rule as one. Empty when it has no rule. */
export function judgedByRelease(check: AnyCheck, intent: Intent): readonly ReleaseRule[] {
  if (check.rule === undefined) return [];
  const runs: Run[] = [];
  const texts = RELEASES.map((calico) => ({ calico, text: ruleOf(check, { ...intent, calico }) }));
  if (texts.every(({ text }) => text === texts[0]?.text)) {
    return [{ label: 'All releases, and both pages as written', text: texts[0]?.text ?? '' }];
  }
  for (const { calico, text } of texts) {
    const last = runs.at(-1);
    const isPage = PAGES[calico] !== undefined;
    if (last !== undefined && last.text === text && !isPage) last.last = calico;
    else runs.push({ first: calico, last: calico, text: text ?? 'no rule' });
  }
  return runs.map((run) => ({ label: labelOf(run), text: run.text }));
}
