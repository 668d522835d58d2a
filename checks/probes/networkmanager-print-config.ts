import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { parseKeyFile } from './support/keyfile.js';

const HEADING = '# NetworkManager configuration:';

/** Two outputs that differ, as of two moments: their groups, each of which stands there once, would be read as one. */
function isDouble(stdout: string): boolean {
  const groups = [...stdout.matchAll(/^\[.{1,200}\]$/gm)].map(([line]) => line);
  if (new Set(groups).size === groups.length) return false;
  const texts = stdout.split(HEADING).map((text) => text.slice(text.indexOf('\n')).trim());
  return texts.length < 3 || new Set(texts.slice(1)).size > 1;
}

/** The merged configuration of the files, in NetworkManager's own words. */
export const networkmanagerPrintConfig = defineProbe<{ readonly text: string }>({
  id: 'networkmanager-print-config',
  command: 'NetworkManager --print-config',
  script: 'NetworkManager --print-config',
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 1 << 18,
  fields: { text: 'free-text' },
  recognises: (stdout) => stdout.startsWith(HEADING),
  parse: ({ stdout }) => {
    if (isDouble(stdout)) throw new ProbeParseError('it holds two configurations');
    const file = parseKeyFile(stdout);
    if (file === null || ![...file.keys()].some((name) => ['main', 'keyfile'].includes(name))) {
      throw new ProbeParseError('no section [main] or [keyfile]');
    }
    return { text: stdout };
  },
});
