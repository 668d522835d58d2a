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

/** The same as Markdown, for the README. */
export function markdownTable(rows: readonly Row[], all: readonly Compared[]): string {
  const nodes = new Set(all.map(({ node }) => node)).size;
  const intents = new Set(all.map(({ intent }) => intent)).size;
  return [
    `${String(all.length)} judgements on ${String(nodes)} recorded nodes under up to ${String(intents)} intents, each beside what a person`,
    'says is true. "unknown" counts where the answer could have been known.',
    '',
    '| check | right | wrong | unknown | checksystem right | checksystem wrong |',
    '| --- | --: | --: | --: | --: | --: |',
    ...rows.map((row) => {
      const name = row.check === 'all' ? '**all**' : `\`${row.check}\``;
      return `| ${name} | ${String(row.right)} | ${String(row.wrong)} | ${String(row.unknown)} | ${marked(row)} |`;
    }),
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
