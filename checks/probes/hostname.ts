import { defineProbe } from '../../src/domain/probe.js';
import { ProbeParseError } from '../../src/domain/errors.js';
import { onlyLine } from './support/text.js';

/** The kernel's node name, which kubelet and calico-node take their names from. */
export const hostname = defineProbe<{ readonly hostname: string }>({
  id: 'hostname',
  command: 'cat /proc/sys/kernel/hostname',
  script: 'cat /proc/sys/kernel/hostname',
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 1024,
  fields: { hostname: 'hostname' },
  parse: ({ stdout }) => {
    const name = onlyLine(stdout);
    // The kernel allows 64 bytes of anything; blanks inside, control characters and bytes that are no text mean that
    // this is no answer.
    // eslint-disable-next-line no-control-regex -- these are what is looked for
    if (/[\s\u0000-\u001f\u007f\ufffd]/.test(name) || name.length > 255) {
      throw new ProbeParseError('that is not a host name');
    }
    return { hostname: name };
  },
});
