import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { SIGNS } from '../requirements/kernel-features.js';

const HEADING = 'in the running kernel:';

/**
 * Files that the running kernel shows once a part of it is there, built in or loaded: witnesses on nodes that share
 * a kernel or have one without modules. A file that is not there says nothing. Nothing is opened, only looked for.
 */
export const kernelSigns = defineProbe<ReadonlySet<string>>({
  id: 'kernel-signs',
  command: `ls -d ${SIGNS.join(' ')}`,
  script: `echo '${HEADING}'
for path in ${SIGNS.join(' ')}; do
  if [ -e "$path" ]; then echo "$path"; fi
done`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 16384,
  fields: { paths: 'plain' },
  parse: ({ stdout }) => {
    const [heading, ...paths] = stdout.split('\n');
    if (heading !== HEADING) throw new ProbeParseError('it does not begin with its heading');
    return new Set(paths.filter((path) => SIGNS.includes(path)));
  },
});
