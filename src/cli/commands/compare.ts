import {
  compareReports,
  hasRegressed,
  type Comparison,
  type Difference,
  type Drift,
} from '../../bundle/compare.js';
import { readBundle } from '../../bundle/read-bundle.js';
import type { Report } from '../../domain/report.js';
import { STATUS_WORD } from '../../domain/status.js';
import { visibleLine } from '../../domain/visible.js';
import { plural, someOf } from '../../report/words.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readBytes } from '../files/read-text.js';
import { reportFrom } from '../files/report-file.js';
import { emit, note } from '../io.js';

const WORD: Readonly<Record<Drift, string>> = {
  worse: 'worse',
  'cannot-tell': 'cannot tell',
  better: 'better',
  other: 'changed',
};
const DRIFTS = Object.keys(WORD) as Drift[];

/** One line for the nodes on which a check changed in the same way. */
function lines(differences: readonly Difference[]): readonly string[] {
  const folded = new Map<string, { line: string; nodes: string[] }>();
  for (const { node, check, from, to, drift, found } of differences) {
    const line = `${WORD[drift].padEnd(12)} ${check}: ${STATUS_WORD[from]} before, ${STATUS_WORD[to]} now`;
    const key = `${line}\u0000${found}`;
    const before = folded.get(key);
    if (before === undefined) folded.set(key, { line, nodes: [node] });
    else before.nodes.push(node);
  }
  return [...folded].map(
    ([key, { line, nodes }]) =>
      `${line}\n${' '.repeat(13)}${visibleLine(`${someOf(nodes)}: ${key.slice(line.length + 1)}`, 1000)}`,
  );
}

function verdict(comparison: Comparison): string {
  const counts = DRIFTS.map((drift) => ({
    drift,
    count: comparison.differences.filter((one) => one.drift === drift).length,
  })).filter(({ count }) => count > 0);
  const regressed = hasRegressed(comparison);
  const head = regressed === null ? 'CANNOT TELL' : regressed ? 'REGRESSIONS' : 'NO REGRESSION';
  const said = counts.map(({ drift, count }) => `${String(count)} ${WORD[drift]}`).join(', ');
  return `${head}: ${said === '' ? 'every verdict is what it was' : said}`;
}

const moment = ({ run, nodes }: Report): string =>
  `${run.finishedAt}, ${plural(nodes.length, 'node')}, run ${run.id}`;

function comparisonText(before: Report, now: Report, comparison: Comparison): string {
  const { differences, goneNodes, newNodes, neverKnown, facts, terms } = comparison;
  const demo = [before, now].some((report) => report.demo === true);
  const about = [
    ...terms.map(({ what, from, to }) => `${what} was ${from || 'empty'}, is ${to || 'empty'}`),
    ...facts.map(({ node, what, from, to }) => `${node}: ${what} was ${from}, is ${to}`),
    ...(goneNodes.length === 0 ? [] : [`only in the old bundle: ${someOf(goneNodes, 20)}`]),
    ...(newNodes.length === 0 ? [] : [`only in the new bundle: ${someOf(newNodes, 20)}`]),
    ...(neverKnown === 0 ? [] : [`required and unknown in both: ${plural(neverKnown, 'verdict')}`]),
  ].map((line) => visibleLine(line, 400));
  const changed = DRIFTS.flatMap((drift) =>
    lines(differences.filter((difference) => difference.drift === drift)),
  );
  return [
    ...(demo ? ['DEMO: recorded nodes, not real machines.', ''] : []),
    verdict(comparison),
    `old: ${moment(before)}`,
    `new: ${moment(now)}`,
    ...(about.length === 0 ? [] : ['', ...about]),
    ...(changed.length === 0 ? [] : ['', ...changed]),
    '',
  ].join('\n');
}

async function reportIn(path: string): Promise<Report> {
  const packed = await readBytes(path, 'bundle', 512 * 1024 * 1024);
  return (await readBundle(packed, reportFrom)).report;
}

/** `calico-ready compare`: what became of the verdicts between two bundles. Ends 0 without a regression. */
export async function runCompare(old: string, young: string): Promise<ExitCode> {
  const [before, now] = [await reportIn(old), await reportIn(young)];
  if (Date.parse(before.run.finishedAt) > Date.parse(now.run.finishedAt))
    note(
      `note: ${visibleLine(old)} is newer than ${visibleLine(young)}; the older one comes first.`,
    );
  note('note: the signatures of these bundles were not checked; calico-ready verify does that.');
  const comparison = compareReports(before, now);
  await emit(comparisonText(before, now, comparison), undefined);
  const regressed = hasRegressed(comparison);
  if (regressed === null) return EXIT.cannotTell;
  return regressed ? EXIT.notReady : EXIT.good;
}
