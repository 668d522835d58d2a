import type { Catalogue } from '../../domain/check.js';
import type { Finding, Report } from '../../domain/report.js';
import { STATUSES, STATUS_WORD } from '../../domain/status.js';
import { findingsOf } from '../../session/selectors/findings.js';
import { blank, heading, line, nameList, type Line } from '../text.js';
import { STATUS_TONE, type Theme } from '../theme.js';

/** Nodes of which a check says exactly the same. */
type Outcome = { readonly finding: Finding; readonly nodes: readonly string[] };

const sayings = ({ status, found, expected, reason, toKnow, alternatives }: Finding): string =>
  JSON.stringify([status, found, expected, reason, toKnow, alternatives]);

/** The worst first. */
export const badness = ({ status }: Finding): number => STATUSES.indexOf(status);

/** What a check says, each saying once, the worst first, with the nodes it is said of; empty names mean the whole fleet. */
export function outcomesOf(report: Report, check: string): readonly Outcome[] {
  const cluster = report.cluster.findings.filter((finding) => finding.check === check);
  const outcomes = new Map<string, Outcome>();
  for (const { node, finding } of findingsOf(report, check)) {
    const key = sayings(finding);
    outcomes.set(key, { finding, nodes: [...(outcomes.get(key)?.nodes ?? []), node.name] });
  }
  const all = [...cluster.map((finding) => ({ finding, nodes: [] })), ...outcomes.values()];
  return all.toSorted((a, b) => badness(a.finding) - badness(b.finding));
}

const optional = (label: string, text: string | undefined): readonly Line[] =>
  text === undefined ? [] : [line(`${label}${text}`, 'plain', 2)];

const alternatives = ({ alternatives: named }: Finding): string | undefined =>
  named.length === 0 ? undefined : ` ${named.join('; ')}`;

function waiverLines({ waiver, waivedFrom }: Finding): readonly Line[] {
  if (waiver === undefined) return [];
  const from = waivedFrom === undefined ? '' : ` (it was: ${STATUS_WORD[waivedFrom]})`;
  return [line(`Waived by ${waiver.who} until ${waiver.until}: ${waiver.why}${from}`, 'warn', 2)];
}

function outcomeLines({ finding, nodes }: Outcome, theme: Theme): readonly Line[] {
  const { status } = finding;
  const where = nodes.length === 0 ? 'the whole fleet' : nameList(nodes, 8);
  return [
    {
      ...line(`${theme.mark[status]} ${STATUS_WORD[status]} on ${where}`, STATUS_TONE[status]),
      bold: true,
    },
    line(`Found:      ${finding.found}`, 'plain', 2),
    ...optional('Expected:   ', finding.expected),
    ...optional('What to do: ', finding.toKnow),
    ...optional('Passes with:', alternatives(finding)),
    ...waiverLines(finding),
    ...finding.fixes.map((fix) => line(`Fix (${fix.kind}): ${fix.summary}`, 'plain', 2)),
    blank,
  ];
}

const listed = (label: string, texts: readonly string[]): readonly Line[] => {
  const all = [...new Set(texts)];
  return all.length === 0 ? [] : [line(`${label} ${all.join('; ')}`)];
};

/** Why the check exists and where that is written. */
function sourceLines(
  known: Catalogue['checks'][number] | undefined,
  page: Finding['source'] | undefined,
): readonly Line[] {
  const source = known?.sources[0];
  return [
    ...(source === undefined ? [] : [line(`Required by: ${source.says} (${source.date})`)]),
    ...(page === undefined ? [] : [line(`Source: ${page.page}, ${page.url}`, 'dim')]),
  ];
}

/** Everything about one check: what was found where, why it matters, what breaks, what would pass, and the source. */
export function findingLines(
  report: Report,
  check: string,
  catalogue: Catalogue,
  theme: Theme,
): readonly Line[] {
  const outcomes = outcomesOf(report, check);
  const findings = outcomes.map(({ finding }) => finding);
  const known = catalogue.checks.find(({ id }) => id === check);
  const [first] = findings;
  return [
    heading(`${check}  (${first?.severity ?? 'required'})`),
    line(first?.title ?? check),
    blank,
    ...outcomes.flatMap((outcome) => outcomeLines(outcome, theme)),
    ...(known === undefined ? [] : [line(`Why: ${known.why}`)]),
    ...listed(
      'What does not work without it:',
      findings.flatMap(({ breaks }) => breaks),
    ),
    ...sourceLines(known, first?.source),
    line(`Same as: calico-ready explain ${check}`, 'dim'),
  ];
}
