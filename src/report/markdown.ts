import type { Report } from '../domain/report.js';
import { STATUSES, STATUS_WORD } from '../domain/status.js';
import { suggestionLine } from '../domain/suggestion.js';
import {
  foldFindings,
  intentLine,
  needsAttention,
  plural,
  READINESS_WORD,
  someOf,
} from './words.js';

// Text from nodes must stay text: no table breaks, no links, no HTML, no code spans.
const cell = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>()#+!|~]/g, (character) => `\\${character}`).replace(/\s+/g, ' ');

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** The report as Markdown for tickets and wikis. */
export function renderMarkdown(report: Report): string {
  const problems = foldFindings(report)
    .filter(({ finding }) => needsAttention(finding.status))
    .sort((a, b) => STATUSES.indexOf(a.finding.status) - STATUSES.indexOf(b.finding.status));
  const demo = report.demo === true ? ['**DEMO: recorded nodes, not real machines.**', ''] : [];
  const suggested = suggestionLine(report);
  const lines = [
    `# ${READINESS_WORD[report.readiness]}: ${plural(report.nodes.length, 'node')}`,
    '',
    ...demo,
    cell(intentLine(report)),
    '',
    ...(suggested === null ? [] : [cell(suggested), '']),
    '| node | readiness | reached | distribution | kernel |',
    '|---|---|---|---|---|',
    ...report.nodes.map((node) =>
      row([
        node.name,
        READINESS_WORD[node.readiness],
        node.reached ? 'yes' : (node.reason ?? 'no'),
        node.facts['distribution'] ?? '',
        node.facts['kernel'] ?? '',
      ]),
    ),
    '',
    '| status | check | nodes | found | expected |',
    '|---|---|---|---|---|',
    ...problems.map(({ finding, nodes }) =>
      row([
        STATUS_WORD[finding.status],
        finding.check,
        someOf(nodes),
        finding.found,
        finding.expected ?? finding.toKnow ?? '',
      ]),
    ),
    '',
    report.paths.length === 0
      ? 'No paths between the nodes were tested.'
      : plural(report.paths.length, 'path') + ' tested.',
    '',
    `Run ${cell(report.run.id)}, ${cell(report.run.finishedAt)}, catalogue ${cell(report.catalogue.version)}.`,
  ];
  return `${lines.join('\n')}\n`;
}
