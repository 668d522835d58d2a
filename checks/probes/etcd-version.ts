import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

export type EtcdVersion = {
  /** Of the etcd that answers on this node's loopback; null when none does, or only to clients with a certificate. */
  readonly running: string | null;
  /** Of the program that is installed here; null when there is none outside containers. */
  readonly program: string | null;
};

// Nothing is asked where nobody listens on 2379 (94B; 0A is LISTEN). The kernel walks its whole table of connections for
// /proc/net/tcp, which takes milliseconds on a machine with much memory; for ss it does not.
const SCRIPT = `listens() {
  if o=$(ss -Hlnt 'sport = :2379' 2>/dev/null); then [ -n "$o" ]
  else grep -qs ':094B [0-9A-F]*:0000 0A ' /proc/net/tcp /proc/net/tcp6
  fi
}
if command -v curl >/dev/null && listens; then
  o=$(curl -sf --noproxy '*' --max-time 2 http://127.0.0.1:2379/version 2>/dev/null)
  case $o in *'"etcdserver":"'*) o=\${o#*'"etcdserver":"'}; printf 'running %.60s\\n' "\${o%%'"'*}" ;; esac
fi
for f in /usr/bin/etcd /usr/local/bin/etcd /opt/bin/etcd; do
  if [ -x "$f" ]; then "$f" --version 2>/dev/null | sed -n 's/^etcd [Vv]ersion:* /program /p'; break; fi
done
echo end`;

const FORM = /^(running|program) v?(\d{1,3}\.\d{1,3}(?:\.\d{1,3})?[0-9A-Za-z.+-]{0,40})$/;

/** Which etcd runs or is installed on this node. */
export const etcdVersion = defineProbe<EtcdVersion>({
  id: 'etcd-version',
  command: 'curl http://127.0.0.1:2379/version; etcd --version',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 4096,
  fields: { running: 'plain', program: 'plain' },
  facts: ({ running, program }): Readonly<Record<string, string>> => {
    const version = running ?? program;
    return version === null ? {} : { etcd: version };
  },
  parse: ({ stdout }) => {
    const lines = stdout.split('\n').filter((line) => line !== '');
    if (lines.pop() !== 'end') throw new ProbeParseError('it does not end with "end"');
    const versions = new Map<string, string>();
    for (const line of lines) {
      const [, word = '', version] = FORM.exec(line) ?? [];
      if (version === undefined) throw new ProbeParseError('a version in no known form');
      versions.set(word, version);
    }
    return { running: versions.get('running') ?? null, program: versions.get('program') ?? null };
  },
});
