import { unknown, type Source, type Verdict } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { pageB, pageToday } from '../requirements/sources.js';

const OPEN =
  'Open, listened to or not, passes. Rejected, no route, blocked at the source, and a TCP SYN without answer where another port of that host answers, fail.';
const SILENT = 'Silence of UDP or protocol 4 without a conclusive test is unknown.';

/** Row B9 as the page of 2024-10-29 and the text of December 2025 have it: the same ports in both. */
export const portsRow = (says: string): readonly [Source, Source] => [
  pageB('B9', 'network-requirements', says),
  pageToday('network-requirements', says),
];

/** How a path is judged: who must reach what, then the wording that all paths share. */
export const pathRule = (who: string, connectionless: boolean): string =>
  `${who} ${OPEN}${connectionless ? ` ${SILENT}` : ''} Until the paths are tested it is unknown.`;

/** The next step while no command tests paths. */
export const BY_HAND =
  'This version sends no test traffic between nodes: try the ports by hand, from one node to another.';

/** What all paths have in common while nothing tests them; no answer of a node tells what the network between them does. */
export const UNTESTED = {
  severity: 'recommended',
  waivable: true,
  needs: {},
  judge: (): Verdict =>
    unknown(reason('not-run', 'the paths between nodes were not tested'), BY_HAND),
} as const;
