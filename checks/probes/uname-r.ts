import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { onlyLine } from './support/text.js';

const RELEASE = /^\d{1,5}\.\d{1,5}[\w.+~-]{0,100}$/;

/** The running kernel's release, such as `6.1.0-18-cloud-amd64`. */
export const unameR = defineProbe<string>({
  id: 'uname-r',
  command: 'uname -r',
  script: 'uname -r',
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 4096,
  fields: { release: 'plain' },
  recognises: (stdout) => RELEASE.test(stdout.slice(0, 256).trim()),
  facts: (release) => ({ kernel: release }),
  parse: ({ stdout }) => {
    const release = onlyLine(stdout);
    if (!RELEASE.test(release)) throw new ProbeParseError('that is not a kernel release');
    return release;
  },
});
