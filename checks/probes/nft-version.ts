import { ProbeParseError } from '../../src/domain/errors.js';
import { parseKernelVersion, type KernelVersion } from '../../src/domain/kernel-version.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

/** The node's own nft, such as [1, 0, 6]. */
export const nftVersion = defineProbe<KernelVersion>({
  id: 'nft-version',
  command: 'nft --version',
  script: `command -v nft >/dev/null || { echo 'nft' >&2; exit 127; }
nft --version`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 4096,
  fields: { version: 'plain' },
  recognises: (stdout) => /^nftables v\d{1,3}\.\d{1,3}/.test(stdout.slice(0, 100)),
  parse: ({ stdout }) => {
    const text = linesOf(stdout)
      .map((line) => /^nftables v(\d{1,3}(?:\.\d{1,3}){1,3})\b/.exec(line)?.[1])
      .find((found) => found !== undefined);
    const version = parseKernelVersion(text ?? '');
    if (version === null) throw new ProbeParseError('no line "nftables v1.0.6"');
    return version;
  },
});
