import { defineProbe } from '../../src/domain/probe.js';
import { indexScript, parseIndex, type ModuleIndex } from './support/module-index.js';

/** What the running kernel has built in that it could have had as a module. */
export const modulesBuiltin = defineProbe<ModuleIndex>({
  id: 'modules-builtin',
  command: 'cat /lib/modules/$(uname -r)/modules.builtin',
  script: indexScript('modules.builtin'),
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 1048576,
  fields: { place: 'plain', there: 'plain', modules: 'plain', asked: 'plain' },
  recognises: (stdout) =>
    /^(?:# read from \S{1,200}\/modules\.builtin\n|kernel\/\S{1,200}\.ko\n)/.test(
      stdout.slice(0, 512),
    ),
  parse: parseIndex,
});
