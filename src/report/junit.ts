import { escapeMarkup } from './escape.js';
import type { Finding, Report } from '../domain/report.js';
import { STATUS } from '../domain/status.js';

const escape = (text: string): string =>
  escapeMarkup(text)
    .replaceAll('\n', '&#10;')
    // XML 1.0 cannot carry most control characters even when escaped; visible() has already replaced them.
    // eslint-disable-next-line no-control-regex -- these are what is looked for
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');

function outcome(finding: Finding): string {
  const said = escape(finding.found);
  const expected = escape(finding.expected ?? finding.toKnow ?? '');
  switch (finding.status) {
    case STATUS.fail:
      return `<failure message="${said}">${expected}</failure>`;
    case STATUS.unknown:
      // An unknown on a required check blocks: CI must see it. A recommended one only skips.
      return finding.severity === 'required'
        ? `<error message="${said}">${expected}</error>`
        : `<skipped message="${said}"/>`;
    case STATUS.notApplicable:
    case STATUS.waived:
      return `<skipped message="${said}"/>`;
    case STATUS.pass:
    case STATUS.warn:
      return `<system-out>${said}</system-out>`;
  }
}

const testcase = (suite: string, finding: Finding): string =>
  `    <testcase classname="${escape(suite)}" name="${escape(finding.check)}">${outcome(finding)}</testcase>`;

function suite(name: string, findings: readonly Finding[]): string {
  const cases = findings.map((finding) => testcase(name, finding));
  const count = (tag: string): string =>
    String(cases.filter((line) => line.includes(`<${tag} `)).length);
  return [
    `  <testsuite name="${escape(name)}" tests="${String(cases.length)}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}">`,
    ...cases,
    '  </testsuite>',
  ].join('\n');
}

/** JUnit XML for CI systems: a suite a node, a test case a check. */
export function renderJunit(report: Report): string {
  const suites = [
    ...report.nodes.map((node) => suite(node.name, node.findings)),
    ...(report.cluster.findings.length > 0 ? [suite('the fleet', report.cluster.findings)] : []),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="calico-ready">\n${suites.join('\n')}\n</testsuites>\n`;
}
