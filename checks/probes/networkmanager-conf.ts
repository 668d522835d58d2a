import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

/** One configuration file; `text` is null when the login user may not read it. */
export type NmConfFile = { readonly path: string; readonly text: string | null };
export type NmConf = {
  /** Those of the three snippet folders that exist. */
  readonly folders: readonly string[];
  /** Every file found, unordered; shadowed ones too. */
  readonly files: readonly NmConfFile[];
  /** Whether a process of that name was seen outside containers; null when processes of others are hidden. */
  readonly process: boolean | null;
};

// Every line of a file carries a bar, so that no content can pass for a mark. The size tells whether the last line ended.
// NSpid has a second number for a process in a PID namespace below: one of a container, not of the node (proc(5), Linux 4.1).
// The internal file of /var/lib is left out: it holds only sections that NetworkManager writes itself.
const SCRIPT = `show() {
  if [ ! -e "$1" ]; then printf 'dangling %s\\n' "$1"; return; fi
  if [ ! -f "$1" ] || [ ! -r "$1" ]; then printf 'unreadable %s\\n' "$1"; return; fi
  printf 'file %d %s\\n' "$(wc -c <"$1")" "$1"
  sed 's/^/|/' "$1"; echo
}
for d in /usr/lib/NetworkManager/conf.d /run/NetworkManager/conf.d /etc/NetworkManager/conf.d; do
  [ -d "$d" ] || continue
  if [ -r "$d" ] && [ -x "$d" ]; then printf 'folder %s\\n' "$d"; else printf 'unreadable %s\\n' "$d"; fi
  for f in "$d"/*.conf "$d"/.*.conf; do
    if [ -e "$f" ] || [ -L "$f" ]; then show "$f"; fi
  done
done
for f in /etc/NetworkManager/nm-system-settings.conf /etc/NetworkManager/NetworkManager.conf; do
  if [ -e "$f" ] || [ -L "$f" ]; then show "$f"; fi
done
own() {
  for d in /proc/[0-9]*; do
    read -r c 2>/dev/null <"$d/comm" || continue
    [ "$c" = NetworkManager ] || continue
    nested='' alive=''
    while read -r k _ b; do
      case $k in NSpid:) nested=$b ;; State:) alive=1 ;; esac
    done 2>/dev/null <"$d/status"
    [ -z "$alive" ] || [ -n "$nested" ] || return 0
  done
  return 1
}
if [ ! -r /proc/1/comm ]; then echo 'process hidden'
elif own; then echo 'process yes'
else echo 'process no'
fi`;

const encoder = new TextEncoder();

/** The file's exact text; sed may or may not have ended its last line. */
function textOf(lines: readonly string[], size: number): string {
  const whole = lines.map((line) => `${line}\n`).join('');
  const length = encoder.encode(whole).length;
  if (length === size) return whole;
  if (length === size + 1) return whole.slice(0, -1);
  throw new ProbeParseError('a file whose size is not that of its text');
}

/** Takes the lines with a bar that follow `start`. */
function contentAfter(lines: readonly string[], start: number): readonly string[] {
  const content: string[] = [];
  for (let index = start; lines[index]?.startsWith('|') === true; index += 1) {
    content.push((lines[index] ?? '').slice(1));
  }
  return content;
}

function parse({ stdout }: { readonly stdout: string }): NmConf {
  const lines = stdout.split('\n');
  const folders: string[] = [];
  const files: NmConfFile[] = [];
  let process: boolean | null | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const [, word, size, path] =
      /^(folder|unreadable|dangling|file (\d{1,9})) (\/.{1,400})$/.exec(line) ?? [];
    if (word === undefined || path === undefined) {
      process = processOf(line);
      continue;
    }
    if (word === 'folder') folders.push(path);
    else if (size === undefined) files.push({ path, text: null });
    else {
      const content = contentAfter(lines, index + 1);
      files.push({ path, text: textOf(content, Number(size)) });
      index += content.length;
    }
  }
  if (process === undefined) throw new ProbeParseError('it does not end with a line "process"');
  return { folders, files, process };
}

function processOf(line: string): boolean | null {
  if (line === 'process hidden') return null;
  if (line === 'process yes') return true;
  if (line === 'process no') return false;
  throw new ProbeParseError('a line that is neither a mark nor content');
}

/** Every configuration file that NetworkManager would read. */
export const networkmanagerConf = defineProbe<NmConf>({
  id: 'networkmanager-conf',
  command:
    'grep -r . /usr/lib/NetworkManager/conf.d /run/NetworkManager/conf.d /etc/NetworkManager/NetworkManager.conf /etc/NetworkManager/conf.d',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 1 << 18,
  fields: { folders: 'plain', 'files.path': 'plain', 'files.text': 'free-text', process: 'plain' },
  parse,
});
