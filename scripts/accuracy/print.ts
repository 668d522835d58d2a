import { catalogue } from '../../checks/index.js';
import type { NodeEvidence } from '../../src/domain/evidence.js';
import { STATUS, STATUSES } from '../../src/domain/status.js';
import { visibleLine } from '../../src/domain/visible.js';
import { INTENT_NAMES, type IntentName } from './intents.js';
import { judgeAlone, type Compared, type Row } from './tally.js';

const pad = (text: string | number, width: number): string => String(text).padStart(width);

const line = ({ check, right, wrong, unknown, official }: Row): string =>
  [
    check.padEnd(34),
    pad(right, 6),
    pad(wrong, 6),
    pad(unknown, 8),
    pad(official.right, 12),
    pad(official.wrong, 6),
  ].join(' ');

const mistake = (one: Compared): string =>
  visibleLine(
    `${one.outcome}: ${one.node}, intent ${one.intent}, ${one.check}: said ${one.said} (${one.words}), truth ${one.truth} (${one.why})`,
    600,
  );

/** The table for people, and every judgement that is not right. */
export function humanTable(rows: readonly Row[], all: readonly Compared[]): string {
  const head = `${'check'.padEnd(34)}  right  wrong  unknown  checksystem: right  wrong`;
  const open = all.filter(({ outcome }) => outcome !== 'right').map(mistake);
  return [head, ...rows.map(line), ...(open.length === 0 ? [] : ['', ...open])].join('\n');
}

const marked = ({ official: { right, wrong } }: Row): string =>
  right + wrong === 0 ? 'no answer | ' : `${String(right)} | ${String(wrong)}`;

const markdownLine = (name: string, row: Row): string =>
  `| ${name} | ${String(row.right)} | ${String(row.wrong)} | ${String(row.unknown)} | ${marked(row)} |`;

const areaOf = (check: string): string => check.split('/')[0] ?? check;

/** One line for several checks. */
function sumOf(check: string, rows: readonly Row[]): Row {
  const sum = (of: (row: Row) => number): number => rows.reduce((all, row) => all + of(row), 0);
  return {
    check,
    right: sum(({ right }) => right),
    wrong: sum(({ wrong }) => wrong),
    unknown: sum(({ unknown }) => unknown),
    official: {
      right: sum(({ official }) => official.right),
      wrong: sum(({ official }) => official.wrong),
    },
  };
}

/** Where checksystem answers too, check by check; of the other checks one line for an area. */
function shortened(rows: readonly Row[]): readonly string[] {
  const compared = rows.filter(({ official }) => official.right + official.wrong > 0);
  const others = rows.filter((row) => !compared.includes(row));
  const areas = [...new Set(others.map(({ check }) => areaOf(check)))].map((area) => {
    const own = others.filter(({ check }) => areaOf(check) === area);
    const isPart = compared.some(({ check }) => areaOf(check) === area);
    return markdownLine(
      `${isPart ? 'other ' : ''}\`${area}/*\` (${String(own.length)})`,
      sumOf(area, own),
    );
  });
  return [...compared.map((row) => markdownLine(`\`${row.check}\``, row)), ...areas];
}

/** The same as Markdown, for the README. */
export function markdownTable(rows: readonly Row[], all: readonly Compared[]): string {
  const nodes = new Set(all.map(({ node }) => node)).size;
  const intents = new Set(all.map(({ intent }) => intent)).size;
  const checks = rows.filter(({ check }) => check !== 'all');
  return [
    `${String(all.length)} judgements of ${String(checks.length)} checks on ${String(nodes)} recorded nodes under up to ${String(intents)} intents, each beside what`,
    'a person says is true. "unknown" counts where the answer could have been known; behind an area stands',
    'the number of its checks. `npm run accuracy` prints every check by itself.',
    '',
    '| check | right | wrong | unknown | checksystem right | checksystem wrong |',
    '| --- | --: | --: | --: | --: | --: |',
    ...shortened(checks),
    ...rows.filter(({ check }) => check === 'all').map((row) => markdownLine('**all**', row)),
  ].join('\n');
}

/** Without labels: how often each check says what, and every unknown with its reason, for a person to judge. */
export function countsOf(nodes: readonly NodeEvidence[], intent: IntentName): string {
  const checks = catalogue.checks.map(({ id }) => {
    const said = nodes.map((node) => ({ node, judged: judgeAlone(node, id, intent) }));
    const counts = STATUSES.map((status) => {
      const number = said.filter(({ judged }) => judged?.status === status).length;
      return number === 0 ? '' : `${String(number)} ${status}`;
    }).filter((text) => text !== '');
    const telling = said.flatMap(({ node, judged }) =>
      judged !== null && (judged.status === STATUS.fail || judged.status === STATUS.unknown)
        ? [visibleLine(`    ${judged.status} on ${node.node}: ${judged.words}`, 300)]
        : [],
    );
    return [`${id}: ${counts.join(', ')}`, ...telling].join('\n');
  });
  return [
    `No labels (see test/nodes/README.md). Under the intent ${intent} (--intent of ${INTENT_NAMES.join(', ')}):`,
    ...checks,
  ].join('\n');
}
