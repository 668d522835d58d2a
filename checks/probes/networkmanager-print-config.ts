import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { parseKeyFile } from './support/keyfile.js';

/** The merged configuration of the files, in NetworkManager's own words. */
export const networkmanagerPrintConfig = defineProbe<{ readonly text: string }>({
  id: 'networkmanager-print-config',
  command: 'NetworkManager --print-config',
  script: 'NetworkManager --print-config',
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 1 << 18,
  fields: { text: 'free-text' },
  recognises: (stdout) => stdout.startsWith('# NetworkManager configuration:'),
  parse: ({ stdout }) => {
    const file = parseKeyFile(stdout);
    if (file === null || ![...file.keys()].some((name) => ['main', 'keyfile'].includes(name))) {
      throw new ProbeParseError('no section [main] or [keyfile]');
    }
    return { text: stdout };
  },
});
