import type { Intent } from '../domain/intent.js';
import type { Finding, NodeReport, Report } from '../domain/report.js';
import { READINESS, STATUS, STATUSES, type Status, STATUS_WORD } from '../domain/status.js';
import { suggestionLine } from '../domain/suggestion.js';
import { visibleLine } from '../domain/visible.js';
import { fixWords, wrapCommand, type Reach } from './fix-line.js';
import { foldSessions } from './sessions.js';
import {
  foldFindings,
  intentLine,
  needsAttention,
  plural,
  READINESS_WORD,
  someOf,
  type FoldedFinding,
} from './words.js';

/** Colour is an addition only: every line says the same without it. */
export type HumanOptions = {
  readonly colour: boolean;
  readonly width: number;
  /** Of the run that has just been made, so that a command line of the report can be copied. */
  readonly reach?: Reach;
};

/** Of a demo no command line names the nodes. */
type Shown = HumanOptions & { readonly demo: boolean };

const SGR: Readonly<Record<Status, string>> = {
  [STATUS.fail]: '31',
  [STATUS.unknown]: '35',
  [STATUS.warn]: '33',
  [STATUS.waived]: '36',
  [STATUS.pass]: '32',
  [STATUS.notApplicable]: '2',
};

const INDENT = '         ';

/** Breaks text at spaces so that no line is longer than `width`; a longer word stays whole. */
export function wrap(text: string, width: number, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, indent + line];
}

const wrapVisible = (text: string, width: number): readonly string[] =>
  wrap(visibleLine(text, 2000), width, INDENT);

/** What mends it, and the command that shows how. */
function fixLines(folded: FoldedFinding, { width, reach, demo }: Shown): readonly string[] {
  const { finding, nodes } = folded;
  if (finding.fixes.length === 0) return [];
  const ways = finding.fixes.flatMap(({ way, kind, summary, byHand }) =>
    wrapVisible(`mend: ${way} (${kind}${byHand === true ? ', by hand' : ''}): ${summary}`, width),
  );
  if (demo) return [...ways, `${INDENT}try: calico-ready demo, on a terminal, step Fixes`];
  const words = fixWords(nodes, finding.check, reach);
  return words === null ? ways : [...ways, ...wrapCommand('run:', words, width, INDENT)];
}

/** Each setting as it is written for this kind of install. */
const settingLines = (finding: Finding, install: Intent['install']): readonly string[] =>
  (finding.settings ?? []).map(({ installation, manifest, value }) => {
    const ways = install === 'operator' ? [installation, manifest] : [manifest, installation];
    const words = typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
    return `Calico setting that mends this: ${ways.find((way) => way !== null) ?? ''}: ${words}`;
  });

function detail(
  folded: FoldedFinding,
  options: Shown,
  install: Intent['install'],
): readonly string[] {
  const { finding, nodes } = folded;
  const shown = (text: string): readonly string[] => wrapVisible(text, options.width);
  const line = (label: string, text: string | undefined): readonly string[] =>
    text === undefined || text === '' ? [] : shown(`${label}: ${text}`);
  return [
    ...shown(`${someOf(nodes)}: ${finding.found}`),
    ...line('expected', finding.expected),
    ...line('to know it', finding.toKnow),
    ...line('breaks', finding.breaks.join('; ')),
    ...line('would pass with', finding.alternatives.join('; ')),
    ...fixLines(folded, options),
    ...settingLines(finding, install).flatMap(shown),
    ...(finding.waiver === undefined
      ? []
      : shown(
          `waived by ${finding.waiver.who} until ${finding.waiver.until}: ${finding.waiver.why}`,
        )),
  ];
}

function block(
  folded: FoldedFinding,
  options: Shown,
  install: Intent['install'],
): readonly string[] {
  const { finding } = folded;
  const word = STATUS_WORD[finding.status].padEnd(8);
  const mark = options.colour ? `\u001b[${SGR[finding.status]}m${word}\u001b[0m` : word;
  const optional = finding.severity === 'recommended' ? ' (recommended)' : '';
  return [
    `${mark} ${finding.title}${optional}`,
    ...wrap(finding.check, options.width, INDENT),
    ...detail(folded, options, install),
    '',
  ];
}

function nodeLine(node: NodeReport): string {
  const counted = STATUSES.map(
    (status) => [status, node.findings.filter((one) => one.status === status).length] as const,
  )
    .filter(([status, count]) => count > 0 && needsAttention(status))
    .map(([status, count]) => `${String(count)} ${STATUS_WORD[status]}`);
  const facts = [node.facts['distribution'], node.facts['kernel']].filter(
    (fact) => fact !== undefined,
  );
  const about = node.reached
    ? [...counted, ...facts].join(', ')
    : `not reached: ${node.reason ?? ''}`;
  return `  ${READINESS_WORD[node.readiness].padEnd(12)} ${node.name.padEnd(16)} ${about}`;
}

function unreachedBlocks(report: Report, options: HumanOptions): readonly string[] {
  return report.nodes
    .filter((node) => !node.reached)
    .flatMap((node) => [
      `unknown  ${node.name} was not reached`,
      ...wrap(node.reason ?? '', options.width, INDENT),
      ...wrap(node.findings[0]?.toKnow ?? '', options.width, INDENT),
      '',
    ]);
}

const order = (finding: Finding): number => STATUSES.indexOf(finding.status);

/** What a person at a terminal needs: the verdict, each node, then every problem once with what to do. */
export function renderHuman(report: Report, options: HumanOptions): string {
  const unreached = new Set(report.nodes.filter((node) => !node.reached).map((node) => node.name));
  const problems = foldFindings(report)
    .filter(({ finding }) => needsAttention(finding.status))
    // A node that was not reached is said once, not once a check.
    .map((folded) => ({ ...folded, nodes: folded.nodes.filter((name) => !unreached.has(name)) }))
    .filter(({ nodes }) => nodes.length > 0)
    .sort((a, b) => order(a.finding) - order(b.finding));
  const ready = report.nodes.filter((node) => node.readiness === READINESS.ready).length;
  const demo = report.demo === true;
  const lines = [
    ...(demo ? ['DEMO: recorded nodes, not real machines.', ''] : []),
    `${READINESS_WORD[report.readiness]}: ${String(ready)} of ${plural(report.nodes.length, 'node')} ready`,
    ...wrap(intentLine(report), options.width, ''),
    ...wrap(suggestionLine(report) ?? '', options.width, ''),
    '',
    ...report.nodes.map((node) => visibleLine(nodeLine(node), options.width)),
    '',
    ...unreachedBlocks(report, options),
    ...problems.flatMap((folded) => block(folded, { ...options, demo }, report.intent.install)),
    ...sessionLines(report, options.width),
    ...pathLines(report),
    `Run ${report.run.id}, catalogue ${report.catalogue.version} with ${plural(report.catalogue.checks, 'check')}.`,
  ];
  return `${lines.join('\n')}\n`;
}

/** How the nodes were reached, folded where they agree. */
function sessionLines(report: Report, width: number): readonly string[] {
  const folded = foldSessions(report);
  if (folded.length === 0) return [];
  const lines = folded.flatMap(({ nodes, words }) =>
    wrap(visibleLine(`${someOf(nodes)}: ${words}`, 1000), width, '  '),
  );
  return ['How the nodes were reached:', ...lines, ''];
}

function pathLines(report: Report): readonly string[] {
  if (report.paths.length === 0) return ['No paths between the nodes were tested.'];
  return report.paths
    .filter((path) => needsAttention(path.status))
    .map(
      (path) =>
        `${STATUS_WORD[path.status].padEnd(8)} ${path.from} to ${path.to}, ${path.path}: ${path.found}`,
    );
}
