import type { Finding, Report } from '../domain/report.js';
import { STATUS, type Status } from '../domain/status.js';

/** SARIF 2.1.0 (OASIS), section 3.27.9 and 3.27.10: kind and level of a result. */
const KIND: Readonly<Record<Status, { readonly kind: string; readonly level: string }>> = {
  [STATUS.pass]: { kind: 'pass', level: 'none' },
  [STATUS.warn]: { kind: 'fail', level: 'warning' },
  [STATUS.fail]: { kind: 'fail', level: 'error' },
  [STATUS.unknown]: { kind: 'open', level: 'none' },
  [STATUS.notApplicable]: { kind: 'notApplicable', level: 'none' },
  [STATUS.waived]: { kind: 'fail', level: 'error' },
};

const result = (node: string, finding: Finding) => ({
  ruleId: finding.check,
  ...KIND[finding.status],
  message: {
    text:
      finding.expected === undefined
        ? finding.found
        : `${finding.found} (expected: ${finding.expected})`,
  },
  locations: [{ logicalLocations: [{ name: node, kind: 'resource' }] }],
  ...(finding.waiver === undefined
    ? {}
    : {
        suppressions: [
          { kind: 'external', justification: `${finding.waiver.who}: ${finding.waiver.why}` },
        ],
      }),
});

/** The report as one SARIF run. */
export function renderSarif(report: Report): string {
  const all = [
    ...report.nodes.flatMap((node) =>
      node.findings.map((finding) => ({ node: node.name, finding })),
    ),
    ...report.cluster.findings.map((finding) => ({ node: 'the fleet', finding })),
  ];
  const rules = [...new Map(all.map(({ finding }) => [finding.check, finding])).values()].map(
    (finding) => ({
      id: finding.check,
      shortDescription: { text: finding.title },
      helpUri: finding.source.url,
    }),
  );
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: report.tool.name, version: report.tool.version, rules } },
        automationDetails: { id: report.run.id },
        results: all.map(({ node, finding }) => result(node, finding)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
