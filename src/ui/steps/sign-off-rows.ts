import type { Report, Waiver } from '../../domain/report.js';
import { STATUS, STATUS_WORD } from '../../domain/status.js';
import { unreachedNodes, type OpenProblem } from '../../session/selectors/findings.js';
import type { Cell } from '../components/table.js';
import { count, line, nameList, type Line } from '../text.js';
import { READINESS_WORD, STATUS_TONE, type Theme } from '../theme.js';

/** A line of the list before signing: what is open, who was not reached, what is waived. */
export type SignOffRow =
  | { readonly kind: 'open'; readonly problem: OpenProblem }
  | { readonly kind: 'unreached'; readonly nodes: readonly string[] }
  | { readonly kind: 'waiver'; readonly waiver: Waiver };

export function signOffRows(
  report: Report,
  problems: readonly OpenProblem[],
  waivers: readonly Waiver[],
): readonly SignOffRow[] {
  const unreached = unreachedNodes(report).map((node) => node.name);
  return [
    ...(unreached.length === 0 ? [] : [{ kind: 'unreached' as const, nodes: unreached }]),
    ...problems.map((problem) => ({ kind: 'open' as const, problem })),
    ...waivers.map((waiver) => ({ kind: 'waiver' as const, waiver })),
  ];
}

export function rowKey(row: SignOffRow): string {
  if (row.kind === 'unreached') return 'unreached';
  if (row.kind === 'waiver') return `waiver ${row.waiver.check} ${row.waiver.nodes?.join() ?? ''}`;
  const { check, status, nodes } = row.problem;
  return `open ${check} ${status} ${String(nodes.length)}`;
}

const ALL_CHECKS = 'every check';

export function checkOf(row: SignOffRow): string {
  if (row.kind === 'unreached') return ALL_CHECKS;
  return row.kind === 'open' ? row.problem.check : row.waiver.check;
}

const whereOf = (row: SignOffRow, limit: number): string => {
  if (row.kind === 'unreached') return nameList(row.nodes, limit);
  if (row.kind === 'waiver')
    return row.waiver.nodes === undefined ? 'every node' : nameList(row.waiver.nodes, limit);
  return row.problem.nodes.length === 0 ? 'the fleet' : nameList(row.problem.nodes, limit);
};

export function rowCells(row: SignOffRow, theme: Theme): readonly Cell[] {
  const where = whereOf(row, 2);
  if (row.kind === 'unreached')
    return [
      { text: `${theme.mark[STATUS.unknown]} not reached`, tone: 'bad' },
      'yes',
      ALL_CHECKS,
      where,
    ];
  if (row.kind === 'waiver') {
    const word = `${theme.mark[STATUS.waived]} waiver`;
    return [{ text: word, tone: 'warn' }, '', row.waiver.check, where];
  }
  const { status, check, blocking } = row.problem;
  const word = `${theme.mark[status]} ${STATUS_WORD[status]}`;
  return [{ text: word, tone: STATUS_TONE[status] }, blocking ? 'yes' : '', check, where];
}

const AT_MOST = 8;

/** What can be done about the line under the pointer. */
export function rowDetail(row: SignOffRow): readonly Line[] {
  if (row.kind === 'unreached')
    return [
      line(
        `Nothing is known of ${nameList(row.nodes, AT_MOST)}. Survey again when ${row.nodes.length === 1 ? 'it answers, or take it' : 'they answer, or take them'} off the list in step 1.`,
      ),
    ];
  if (row.kind === 'waiver') {
    const { who, until, why } = row.waiver;
    return [line(`${who} until ${until}: ${why} d takes the waiver back.`)];
  }
  const { title, status, waivable } = row.problem;
  const next =
    status === STATUS.warn
      ? 'A warning blocks nothing and needs no waiver.'
      : waivable
        ? 'w waives it.'
        : 'It cannot be waived: nobody may sign that away.';
  return [line(`${title}: ${whereOf(row, AT_MOST)}. ${next}`)];
}

export function headline(
  report: Report,
  problems: readonly OpenProblem[],
  waivers: number,
): string {
  const blocking = problems.filter((problem) => problem.blocking).length;
  const unreached = unreachedNodes(report).length;
  const open = [
    ...(blocking > 0 ? [`${count(blocking, 'problem')} in the way`] : []),
    ...(unreached > 0 ? [`${count(unreached, 'node')} not reached`] : []),
  ];
  const said = open.length === 0 ? 'nothing blocks' : open.join(', ');
  return `The fleet is ${READINESS_WORD[report.readiness]}: ${said}, ${count(waivers, 'waiver')}.`;
}
