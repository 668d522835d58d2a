import type { Catalogue } from '../../domain/check.js';
import { READINESS, STATUS, type Readiness } from '../../domain/status.js';
import type { SessionState } from '../state.js';
import { openProblems, unreachedNodes } from './findings.js';

const VERDICT: Readonly<Record<Readiness, string>> = {
  [READINESS.ready]: 'The fleet is ready for this intent.',
  [READINESS.notReady]: 'The fleet is not ready for this intent.',
  [READINESS.unknown]: 'It cannot be told whether the fleet is ready for this intent.',
};

const count = (number: number, one: string, many: string): string =>
  `${String(number)} ${number === 1 ? one : many}`;

/** What a signature over the bundle would say now, and what it would not: whole sentences, in order. */
export function signatureSays(state: SessionState, catalogue: Catalogue): readonly string[] {
  const { report } = state;
  if (report === null) return ['There is nothing to sign: no node was surveyed.'];
  const unreached = unreachedNodes(report).length;
  const reached = report.nodes.length - unreached;
  const blocking = openProblems(report, catalogue).filter((problem) => problem.blocking).length;
  const waived = report.summary[STATUS.waived];
  const asked = `${count(reached, 'node was', 'nodes were')} asked and answered what the bundle holds.`;
  return [
    ...(report.demo === true ? ['This is the demo fleet: the bundle is marked DEMO.'] : []),
    asked,
    ...(unreached > 0
      ? [
          `${count(unreached, 'node was', 'nodes were')} not reached, and nothing is said of ${unreached === 1 ? 'it' : 'them'}.`,
        ]
      : []),
    VERDICT[report.readiness],
    ...(blocking > 0
      ? [`${count(blocking, 'required check is', 'required checks are')} open, and listed as such.`]
      : []),
    ...(waived > 0
      ? [`${count(waived, 'finding is', 'findings are')} waived, with who, why and until when.`]
      : []),
    'The paths between the nodes were not tested, and the signature does not speak of them.',
    'It proves who made the bundle and that nothing in it changed since, not that the nodes stay so.',
  ];
}
