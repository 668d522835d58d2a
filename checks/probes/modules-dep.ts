import { defineProbe } from '../../src/domain/probe.js';
import { indexScript, parseIndex, type ModuleIndex } from './support/module-index.js';

/** Which modules are installed for the running kernel, compressed or not. */
export const modulesDep = defineProbe<ModuleIndex>({
  id: 'modules-dep',
  command: 'cat /lib/modules/$(uname -r)/modules.dep',
  script: indexScript('modules.dep'),
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 2097152,
  fields: { place: 'plain', there: 'plain', modules: 'plain', asked: 'plain' },
  recognises: (stdout) =>
    /^(?:# read from \S{1,200}\/modules\.dep\n|\S{1,200}\.ko(?:\.(?:gz|xz|zst|bz2))?:)/.test(
      stdout.slice(0, 512),
    ),
  parse: parseIndex,
});
