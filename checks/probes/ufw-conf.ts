import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

export type UfwConf = {
  readonly installed: boolean;
  /** Whether ufw sets its rules at boot, and keeps them: `ENABLED` of ufw.conf. Null when the file does not tell. */
  readonly enabled: boolean | null;
  /** `DROP`, `REJECT` or `ACCEPT` of /etc/default/ufw; null when it is not said. */
  readonly forwardPolicy: string | null;
  readonly inputPolicy: string | null;
};

const ABSENT = 'ufw is not installed';

const SCRIPT = `[ -e /etc/ufw/ufw.conf ] || { echo '${ABSENT}'; exit 0; }
for F in /etc/ufw/ufw.conf /etc/default/ufw; do
[ -r "$F" ] || continue
while read -r L || [ -n "$L" ]; do
case $L in ENABLED=*|DEFAULT_FORWARD_POLICY=*|DEFAULT_INPUT_POLICY=*) echo "$L" ;; esac
done <"$F"
done`;

const LINE =
  /^(ENABLED|DEFAULT_FORWARD_POLICY|DEFAULT_INPUT_POLICY)=["']?([A-Za-z]{1,16})["']?\s{0,200}(?:#.{0,200})?$/;

const YES_NO: Readonly<Record<string, boolean>> = { yes: true, no: false };

function valuesOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = LINE.exec(line) ?? [];
    if (key === undefined || value === undefined)
      throw new ProbeParseError('a line of another file');
    values.set(key, value);
  }
  return values;
}

function parse(stdout: string): UfwConf {
  const lines = linesOf(stdout);
  if (lines.includes(ABSENT))
    return { installed: false, enabled: false, forwardPolicy: null, inputPolicy: null };
  const values = valuesOf(lines);
  return {
    installed: true,
    enabled: YES_NO[values.get('ENABLED')?.toLowerCase() ?? ''] ?? null,
    forwardPolicy: values.get('DEFAULT_FORWARD_POLICY')?.toUpperCase() ?? null,
    inputPolicy: values.get('DEFAULT_INPUT_POLICY')?.toUpperCase() ?? null,
  };
}

/** What ufw's own files say; ufw.service is active even while ufw is off, and asking ufw itself starts python. */
export const ufwConf = defineProbe<UfwConf>({
  id: 'ufw-conf',
  command: 'grep -h = /etc/ufw/ufw.conf /etc/default/ufw',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 65536,
  fields: {
    installed: 'plain',
    enabled: 'plain',
    forwardPolicy: 'plain',
    inputPolicy: 'plain',
  },
  parse: ({ stdout }) => parse(stdout),
});
