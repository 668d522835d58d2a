import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { onlyLine } from './support/text.js';

/** How far a node's clock is ahead of the auditor's, in seconds; negative when it is behind. */
export type Clock = { readonly offsetSeconds: number };

/**
 * The node prints whole seconds and the answer takes its way back, so an offset is true to about a second and the
 * transport's delay; the limits of time/skew are well above that.
 */
export const clock = defineProbe<Clock>({
  id: 'clock',
  command: 'date +%s',
  script: 'date +%s',
  rootCommands: [],
  timely: true,
  timeoutSeconds: 5,
  maxBytes: 64,
  fields: { offsetSeconds: 'plain' },
  parse: ({ stdout, receivedAt }) => {
    const line = onlyLine(stdout);
    if (!/^\d{1,12}$/.test(line)) throw new ProbeParseError('that is not a number of seconds');
    if (receivedAt === null) throw new ProbeParseError('the time of its arrival was not recorded');
    return { offsetSeconds: Number(line) - receivedAt / 1000 };
  },
});
