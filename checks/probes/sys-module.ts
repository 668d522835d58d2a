import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { MODULES } from '../requirements/kernel-features.js';
import { moduleName } from './support/text.js';

const HEADING = '/sys/module:';

/**
 * Those of our modules that the running kernel has, loaded or built in. A built-in one shows only when it has
 * parameters or a version, so that a missing name says nothing.
 */
export const sysModule = defineProbe<ReadonlySet<string>>({
  id: 'sys-module',
  command: 'ls /sys/module',
  script: `cd /sys/module || exit 127
echo '${HEADING}'
for name in ${MODULES.join(' ')}; do
  if [ -d "$name" ]; then echo "$name"; fi
done`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 65536,
  fields: { modules: 'plain' },
  parse: ({ stdout, exit }) => {
    const words = stdout.split(/\s/).filter((word) => word !== '' && word !== HEADING);
    if (words.length === 0 && (exit === null || !stdout.includes(HEADING))) {
      throw new ProbeParseError('it is empty');
    }
    if (!words.every((word) => /^[A-Za-z0-9_-]{1,64}$/.test(word))) {
      throw new ProbeParseError('that is not a list of modules');
    }
    return new Set(words.map(moduleName));
  },
});
