import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

/** A file of systemd-networkd or systemd-udevd; `text` holds the lines that matter, null when it may not be read. */
export type NetworkFile = { readonly path: string; readonly text: string | null };
export type NetworkdFiles = {
  readonly files: readonly NetworkFile[];
  /** systemd's release, such as 252; null when it does not show. */
  readonly version: number | null;
};

// .network and .link files with their drop-ins, and networkd.conf. Only section heads, the whole [Match] and five keys
// are printed: other sections may hold secrets. One grep reads them all, as a shell reads files byte by byte. An empty
// file and a link to /dev/null mask their name.
const SCRIPT = `[ -d /run/systemd/system ] || { echo 'systemd does not run here' >&2; exit 127; }
mark() {
  if [ ! -r "$1" ] && [ -f "$1" ]; then printf 'unreadable %s\\n' "$1"
  elif [ ! -f "$1" ] && [ ! -L "$1" ]; then printf 'unreadable %s\\n' "$1"
  else printf 'file %s\\n' "$1"
  fi
}
L=/lib/systemd
[ ! -L /lib ] || L=/usr/lib/systemd
set --
for d in /etc/systemd /run/systemd /usr/local/lib/systemd /usr/lib/systemd $L; do
  [ "$d" != /usr/lib/systemd ] || [ "$L" != /lib/systemd ] || [ -d /usr/lib/systemd/network ] || continue
  for f in "$d"/networkd.conf "$d"/networkd.conf.d/*.conf \\
    "$d"/network/*.network "$d"/network/*.network.d/*.conf "$d"/network/*.link "$d"/network/*.link.d/*.conf; do
    if [ -e "$f" ] || [ -L "$f" ]; then set -- "$@" "$f"; fi
  done
  [ "$d" != /usr/lib/systemd ] || [ "$L" = /lib/systemd ] || break
done
T=$(grep -Hsv -e '^[[:space:]]*[#;]' -e '^[[:space:]]*$' /dev/null "$@" 2>&1)
f='' M=''
set -f
IFS='
'
for l in $T; do
  until [ "\${l#"$f:"}" != "$l" ] || [ $# -eq 0 ]; do f=$1 M=''; shift; mark "$f"; done
  [ "\${l#"$f:"}" != "$l" ] || { echo 'one of the files is not text' >&2; exit 1; }
  l=\${l#"$f:"}
  l=\${l#"\${l%%[! 	]*}"}
  l=\${l%"\${l##*[! 	]}"}
  case $l in
  '[Match]'*) M=1 ;;
  '['*) M='' ;;
  Unmanaged*|MACAddressPolicy*|ManageForeign*|KeepConfiguration*) ;;
  *) [ -n "$M" ] || continue ;;
  esac
  printf '|%s\\n' "$l"
done
unset IFS
set +f
for f in "$@"; do mark "$f"; done
for f in /usr/lib/systemd/libsystemd-shared-*.so /lib/systemd/libsystemd-shared-*.so /usr/lib/*/systemd/libsystemd-shared-*.so /usr/lib64/systemd/libsystemd-shared-*.so; do
  [ ! -e "$f" ] || { printf 'version %s\\n' "\${f##*libsystemd-shared-}"; break; }
done
echo end`;

/** A mark with the content behind it. */
type Piece = { readonly mark: string; readonly content: string };

function piecesOf(stdout: string): readonly Piece[] {
  const pieces: { mark: string; lines: string[] }[] = [];
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    if (line.startsWith('|')) pieces.at(-1)?.lines.push(line.slice(1));
    else pieces.push({ mark: line, lines: [] });
  }
  return pieces.map(({ mark, lines }) => ({ mark, content: lines.join('\n') }));
}

function parse(stdout: string): NetworkdFiles {
  const files = new Map<string, NetworkFile>();
  let version: number | null = null;
  const pieces = piecesOf(stdout);
  if (pieces.at(-1)?.mark !== 'end') throw new ProbeParseError('it does not end with a line "end"');
  for (const { mark, content } of pieces.slice(0, -1)) {
    const [, word, rest = ''] = /^(file|unreadable|version) (\S.{0,400})$/.exec(mark) ?? [];
    if (word === undefined) throw new ProbeParseError('a line that is neither a mark nor content');
    if (word === 'version') {
      version = /^\d{1,5}/.test(rest) ? Number.parseInt(rest, 10) : null;
    } else if (!files.has(rest)) {
      files.set(rest, { path: rest, text: word === 'file' ? content : null });
    }
  }
  return { files: [...files.values()], version };
}

/** What tells which interfaces systemd-networkd manages and how systemd-udevd sets their addresses. */
export const networkdFiles = defineProbe<NetworkdFiles>({
  id: 'networkd-files',
  command:
    'grep -r . /etc/systemd/network /run/systemd/network /usr/lib/systemd/network /etc/systemd/networkd.conf',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 1 << 18,
  fields: { 'files.path': 'plain', 'files.text': 'free-text', version: 'plain' },
  parse: ({ stdout }) => parse(stdout),
});
