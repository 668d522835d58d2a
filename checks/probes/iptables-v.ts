import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

export type IptablesProgram = {
  readonly version: string;
  readonly backend: 'legacy' | 'nf_tables';
};

const LINE = /^ip6?tables v(\d{1,3}(?:\.\d{1,3}){1,3})(?: \((legacy|nf_tables)\))?\s{0,8}$/;

/** Which variant the name `iptables` leads to on this node. Printing the version asks the kernel for nothing. */
export const iptablesV = defineProbe<IptablesProgram>({
  id: 'iptables-v',
  command: 'iptables -V',
  script: `command -v iptables >/dev/null || { echo 'iptables' >&2; exit 127; }
iptables -V`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 4096,
  fields: { version: 'plain', backend: 'plain' },
  recognises: (stdout) => LINE.test(stdout.slice(0, 200).trimEnd()),
  parse: ({ stdout }) => {
    const match = linesOf(stdout)
      .map((line) => LINE.exec(line))
      .find((found) => found !== null);
    if (match === undefined) throw new ProbeParseError('no line "iptables v1.8.9 (nf_tables)"');
    // Before 1.8 there was the legacy variant alone, and no word for it.
    return {
      version: match[1] ?? '',
      backend: match[2] === 'nf_tables' ? 'nf_tables' : 'legacy',
    };
  },
});
