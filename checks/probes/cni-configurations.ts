import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

/** A file of /etc/cni/net.d that a container runtime would take. */
export type CniConfiguration = {
  readonly file: string;
  /** Every `type` in it, in order: plug-ins, their address managers and Calico's policy; null when it may not be read. */
  readonly types: readonly string[] | null;
};
/** Null when the login user may not list the folder. In the order in which a runtime takes them. */
export type CniConfigurations = { readonly files: readonly CniConfiguration[] | null };

// Of a file only the types are taken: a configuration may hold keys and passwords. grep is called once for all.
const SCRIPT = `d=/etc/cni/net.d
if [ -d "$d" ]; then
  if [ ! -r "$d" ] || [ ! -x "$d" ]; then echo hidden; else
    set --
    for f in "$d"/*.conf "$d"/*.conflist "$d"/*.json; do
      [ -f "$f" ] || continue
      if [ -r "$f" ]; then printf 'file %s\\n' "$f"; set -- "$@" "$f"; else printf 'unreadable %s\\n' "$f"; fi
    done
    [ $# -eq 0 ] || grep -Ho '"type"[[:space:]]*:[[:space:]]*"[^"]*"' "$@" 2>/dev/null
    [ $? -ne 127 ] || exit 127
  fi
fi
echo end`;

const FILE = /^(file|unreadable) \/etc\/cni\/net\.d\/([^/]{1,255})$/;
const TYPE = /^\/etc\/cni\/net\.d\/([^/]{1,255}):"type"[\t\r ]{0,40}:[\t\r ]{0,40}"([^"]{0,100})"$/;

// The runtimes sort the names byte by byte.
const byName = (one: CniConfiguration, other: CniConfiguration): number =>
  one.file < other.file ? -1 : Number(one.file > other.file);

function readLine(files: Map<string, string[] | null>, line: string): void {
  const [, mark, name = ''] = FILE.exec(line) ?? [];
  if (mark !== undefined) {
    files.set(name, mark === 'file' ? [] : null);
    return;
  }
  const [, file = '', type = ''] = line.length > 800 ? [] : (TYPE.exec(line) ?? []);
  const types = files.get(file);
  if (types === undefined || types === null) throw new ProbeParseError('a type without its file');
  types.push(type);
}

function parse(stdout: string): CniConfigurations {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') throw new ProbeParseError('it does not end with "end"');
  if (lines[0] === 'hidden' && lines.length === 1) return { files: null };
  const files = new Map<string, string[] | null>();
  for (const line of lines) readLine(files, line);
  return { files: [...files].map(([file, types]) => ({ file, types })).sort(byName) };
}

/** Which plug-ins the files of /etc/cni/net.d name. */
export const cniConfigurations = defineProbe<CniConfigurations>({
  id: 'cni-configurations',
  command: `grep -Ho '"type": *"[^"]*"' /etc/cni/net.d/*`,
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 1 << 17,
  fields: { 'files.file': 'free-text', 'files.types': 'plain' },
  parse: ({ stdout }) => parse(stdout),
});
