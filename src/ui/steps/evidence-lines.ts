import type { Evidence } from '../../domain/evidence.js';
import type { Report } from '../../domain/report.js';
import type { SessionState } from '../../session/state.js';
import { visible } from '../../domain/visible.js';
import { findingsOf } from '../../session/selectors/findings.js';
import { badness } from './finding-lines.js';
import { blank, heading, line, type Line } from '../text.js';

/** More than this of one output is not drawn; the bundle holds all of it. */
const SHOWN_BYTES = 128 * 1024;

export type EvidenceEntry = { readonly node: string; readonly evidence: Evidence };

/** The raw outputs a check was judged on, of every node, the worst first. */
export function evidenceOf(
  state: Pick<SessionState, 'evidence'>,
  report: Report,
  check: string,
): readonly EvidenceEntry[] {
  const raw = new Map(state.evidence.map((item) => [item.node, item.evidence]));
  const worstFirst = findingsOf(report, check).toSorted(
    (a, b) => badness(a.finding) - badness(b.finding),
  );
  return worstFirst.flatMap(({ node, finding }) => {
    const probes = new Set(finding.evidence.map((pointer) => pointer.probe));
    const all = raw.get(node.name) ?? [];
    return all
      .filter((evidence) => probes.has(evidence.probe))
      .map((evidence) => ({ node: node.name, evidence }));
  });
}

function outputLines(title: string, bytes: Uint8Array): readonly Line[] {
  if (bytes.length === 0) return [line(`${title}: nothing`, 'dim')];
  const text = visible(new TextDecoder().decode(bytes.subarray(0, SHOWN_BYTES)));
  const rest = bytes.length - SHOWN_BYTES;
  return [
    line(`${title}, ${String(bytes.length)} bytes:`, 'dim'),
    ...text
      .replace(/\n$/, '')
      .split('\n')
      .map((one) => line(one)),
    ...(rest > 0 ? [line(`${String(rest)} more bytes are in the bundle.`, 'dim')] : []),
  ];
}

/** One raw output as the node printed it, with everything that could steer a terminal made visible. */
export function rawLines({ node, evidence }: EvidenceEntry): readonly Line[] {
  const { exit, durationMs, problem } = evidence;
  const ended = exit === null ? 'exit status not known' : `exit status ${String(exit)}`;
  const took = durationMs === null ? '' : `, ${(durationMs / 1000).toFixed(2)} s`;
  return [
    heading(`${node}$ ${evidence.command}`),
    line(`${ended}${took}`, 'dim'),
    ...(problem === undefined ? [] : [line(`Not judged: ${problem}`, 'warn')]),
    blank,
    ...outputLines('Standard output', evidence.stdout),
    blank,
    ...outputLines('Standard error', evidence.stderr),
  ];
}
