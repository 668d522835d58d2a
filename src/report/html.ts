import { escapeMarkup as escape } from './escape.js';
import type { Finding, NodeReport, Report } from '../domain/report.js';
import { READINESS, STATUSES, STATUS_WORD } from '../domain/status.js';
import { visibleLine } from '../domain/visible.js';
import { suggestionLine } from '../domain/suggestion.js';
import { columnsOf, sessionsOf } from './sessions.js';
import { intentLine, plural, READINESS_WORD } from './words.js';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top}
td:first-child{white-space:nowrap;font-weight:600}.fail{color:#a40000}.warn{color:#7a5200}.unknown{color:#6a2c8c}.pass{color:#1c6b1c}
summary{cursor:pointer;font-weight:600}@media(prefers-color-scheme:dark){body{background:#161616;color:#ddd}.fail{color:#ff8a80}.warn{color:#ffcc66}.unknown{color:#d6a2f0}.pass{color:#8fd18f}}`;

function findingRow(finding: Finding): string {
  const more = [
    finding.expected === undefined ? '' : `<br>expected: ${escape(finding.expected)}`,
    finding.toKnow === undefined ? '' : `<br>${escape(finding.toKnow)}`,
    finding.breaks.length === 0 ? '' : `<br>breaks: ${escape(finding.breaks.join('; '))}`,
    finding.alternatives.length === 0
      ? ''
      : `<br>would pass with: ${escape(finding.alternatives.join('; '))}`,
    finding.waiver === undefined
      ? ''
      : `<br>waived by ${escape(finding.waiver.who)} until ${escape(finding.waiver.until)}: ${escape(finding.waiver.why)}`,
  ].join('');
  return `<tr><td class="${finding.status}">${STATUS_WORD[finding.status]}</td><td>${escape(finding.title)}<br><small>${escape(finding.check)}, <a href="${escape(finding.source.url)}">${escape(finding.source.page)}</a></small></td><td>${escape(finding.found)}${more}</td></tr>`;
}

function section(title: string, findings: readonly Finding[], open: boolean): string {
  const sorted = [...findings].sort(
    (a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status),
  );
  return `<details${open ? ' open' : ''}><summary>${title}</summary><table>${sorted.map(findingRow).join('\n')}</table></details>`;
}

const nodeSection = (node: NodeReport): string =>
  section(
    `${escape(node.name)}: ${READINESS_WORD[node.readiness]}${node.reached ? '' : `, not reached (${escape(node.reason ?? '')})`}`,
    node.findings,
    node.readiness !== READINESS.ready && node.reached,
  );

/** How each node was reached, a row each. */
function sessionSection(report: Report): string {
  const nodes = sessionsOf(report);
  if (nodes.length === 0) return '';
  const columns = columnsOf(nodes);
  const head = ['node', ...columns.map(([, label]) => label)].map((label) => `<th>${label}</th>`);
  const rows = nodes.map(({ name, facts }) =>
    [name, ...columns.map(([fact]) => facts[fact] ?? '')]
      .map((words) => `<td>${escape(visibleLine(words, 1000))}</td>`)
      .join(''),
  );
  return `<details><summary>How the nodes were reached</summary><table><tr>${head.join('')}</tr>
${rows.map((row) => `<tr>${row}</tr>`).join('\n')}</table></details>
`;
}

/** One self-contained page: no script, nothing loaded from anywhere. */
export function renderHtml(report: Report): string {
  const suggested = suggestionLine(report);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>calico-ready: ${READINESS_WORD[report.readiness]}</title><style>${STYLE}</style></head><body>
<h1>${READINESS_WORD[report.readiness]}: ${plural(report.nodes.length, 'node')}</h1>
${report.demo === true ? '<p><strong>DEMO: recorded nodes, not real machines.</strong></p>' : ''}
<p>${escape(intentLine(report))}</p>
${suggested === null ? '' : `<p>${escape(suggested)}</p>`}
${report.cluster.findings.length === 0 ? '' : section('The fleet', report.cluster.findings, true)}
${report.nodes.map(nodeSection).join('\n')}
${sessionSection(report)}<p>${report.paths.length === 0 ? 'No paths between the nodes were tested.' : `${plural(report.paths.length, 'path')} tested.`}</p>
<p><small>Run ${escape(report.run.id)}, ${escape(report.run.finishedAt)}, ${escape(report.tool.name)} ${escape(report.tool.version)}, catalogue ${escape(report.catalogue.version)}</small></p>
</body></html>
`;
}
