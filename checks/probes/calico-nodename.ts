import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

/** What calico-node left in /var/lib/calico/nodename; null when there is no such file. */
export type CalicoNodename = { readonly name: string | null; readonly endsWithNewline: boolean };

const SCRIPT = `f=/var/lib/calico/nodename
if [ ! -e "$f" ]; then
  [ ! -d /var/lib/calico ] || [ -x /var/lib/calico ] || { echo "$f may not be looked for" >&2; exit 126; }
  echo absent; exit 0
fi
[ -r "$f" ] || { echo "$f may not be read" >&2; exit 126; }
E=newline
IFS= read -r N <"$f" || E=end
printf '%s %s\\n' "$E" "$N"`;

export const calicoNodename = defineProbe<CalicoNodename>({
  id: 'calico-nodename',
  command: 'cat /var/lib/calico/nodename',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 4096,
  fields: { name: 'hostname', endsWithNewline: 'plain' },
  parse: ({ stdout }) => {
    if (stdout === 'absent\n') return { name: null, endsWithNewline: false };
    const [, end, name] = /^(newline|end) (.{0,300})\n$/.exec(stdout) ?? [];
    if (end === undefined || name === undefined) {
      throw new ProbeParseError('neither a name nor "absent"');
    }
    return { name, endsWithNewline: end === 'newline' };
  },
});
