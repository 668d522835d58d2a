import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { onlyLine } from './support/text.js';

/** A digest of the machine-id, which is the same for two machines only when their machine-ids are. */
export type MachineId = {
  /** Hexadecimal; null when the machine has no id yet. */
  readonly digest: string | null;
};

// machine-id(5): the id is confidential and must not leave the machine; a keyed hash of it may.
// Alpine and others without systemd may have none at all.
const SCRIPT = `I=
if [ -e /etc/machine-id ] && [ ! -r /etc/machine-id ]; then echo '/etc/machine-id may not be read' >&2; exit 126; fi
[ ! -e /etc/machine-id ] || read -r I </etc/machine-id || :
case $I in ''|uninitialized) echo none; exit 0 ;; esac
printf 'calico-ready machine-id %s' "$I" | sha256sum`;

export const machineId = defineProbe<MachineId>({
  id: 'machine-id',
  command: 'sha256sum /etc/machine-id (with words in front)',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 1024,
  fields: { digest: 'serial' },
  parse: ({ stdout }) => {
    const line = onlyLine(stdout);
    if (line === 'none') return { digest: null };
    const digest = /^([0-9a-f]{64})(?:\s+-)?$/.exec(line)?.[1];
    if (digest === undefined) throw new ProbeParseError('that is not a SHA-256 digest');
    return { digest };
  },
});
