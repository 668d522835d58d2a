import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

export type CniDirectory = {
  readonly path: string;
  readonly state: 'directory' | 'missing' | 'dangling' | 'other';
  /** Options of the file system it lies on, or would lie on; empty when that was not found. */
  readonly mountOptions: readonly string[];
  /** File names in it; null when they may not be listed. */
  readonly entries: readonly string[] | null;
};
/** A line of a container runtime's configuration that places CNI somewhere. */
export type CniSetting = {
  readonly file: string;
  readonly key: string;
  readonly values: readonly string[];
};
export type CniDirectories = {
  readonly directories: readonly CniDirectory[];
  readonly settings: readonly CniSetting[];
  /** Runtime configurations that the login user may not read. */
  readonly unreadable: readonly string[];
};

// Of several file systems mounted over a path /proc/mounts lists the one on top last; grep picks the few lines that can
// matter, since `read` takes a byte at a time and a node with many pods has long lists. CRI-O spreads plugin_dirs over lines.
const SCRIPT = `n='
'
real() {
  p=$1; while [ ! -d "$p" ]; do p=\${p%/*}; p=\${p:-/}; done
  r=$(cd "$p" 2>/dev/null && pwd -P) || r=$p
}
set --
for d in /etc/cni/net.d /opt/cni/bin; do
  real "$d"; q=\${r%/}
  while [ -n "$q" ]; do set -- "$@" -e " $q "; q=\${q%/*}; done
done
M=$(grep -F -e ' / ' "$@" /proc/mounts)
for d in /etc/cni/net.d /opt/cni/bin; do
  if [ -d "$d" ]; then s=directory; elif [ -e "$d" ]; then s=other; elif [ -L "$d" ]; then s=dangling; else s=missing; fi
  printf 'directory %s %s\\n' "$s" "$d"
  real "$d"
  set -f; IFS=$n
  for l in $M; do
    l=\${l#* }; m=\${l%% *}; l=\${l#* }; l=\${l#* }
    m=\${m%/}/
    case \${r%/}/ in "$m"*) printf 'mount %s\\n' "\${l%% *}" ;; esac
  done
  set +f; unset IFS
  [ "$s" = directory ] || continue
  if [ ! -r "$d" ]; then echo hidden; continue; fi
  for f in "$d"/* "$d"/.[!.]*; do
    if [ -e "$f" ] || [ -L "$f" ]; then printf 'entry %s\\n' "\${f##*/}"; fi
  done
done
for d in /var/lib/rancher/k3s/agent /var/lib/rancher/rke2/agent; do
  if [ -d "$d" ] && [ ! -x "$d" ]; then printf 'unreadable %s/etc/containerd/config.toml\\n' "$d"; fi
done
for f in /etc/containerd/config.toml /etc/containerd/conf.d/*.toml /etc/crio/crio.conf /etc/crio/crio.conf.d/* /var/lib/rancher/k3s/agent/etc/containerd/config.toml /var/lib/rancher/rke2/agent/etc/containerd/config.toml; do
  [ -f "$f" ] || continue
  if [ ! -r "$f" ]; then printf 'unreadable %s\\n' "$f"; continue; fi
  printf 'config %s\\n' "$f"
  sed -n -e '/^[[:space:]]*bin_dir[[:space:]]*=/p' -e '/^[[:space:]]*conf_dir[[:space:]]*=/p' -e '/^[[:space:]]*network_dir[[:space:]]*=/p' \\
    -e '/^[[:space:]]*plugin_dirs[[:space:]]*=/,/]/p' -e '/^[[:space:]]*bin_dirs[[:space:]]*=/,/]/p' "$f" | sed 's/^/|/'
done
echo end`;

type Draft = {
  path: string;
  state: CniDirectory['state'];
  mountOptions: string[];
  entries: string[] | null;
};
type Reading = {
  directories: Draft[];
  settings: { file: string; key: string; values: string[] }[];
  unreadable: string[];
  file: string;
};

const SETTING = /^\|\s{0,200}(bin_dirs?|conf_dir|network_dir|plugin_dirs)\s{0,20}=/;

/** Quoted strings of a TOML line, comments cut off. */
const stringsOf = (line: string): readonly string[] =>
  [...(line.split('#')[0] ?? '').matchAll(/"([^"]{0,400})"|'([^']{0,400})'/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );

function readSetting(into: Reading, line: string): void {
  const key = SETTING.exec(line)?.[1];
  if (key !== undefined) into.settings.push({ file: into.file, key, values: [...stringsOf(line)] });
  else into.settings.at(-1)?.values.push(...stringsOf(line));
}

function readDirectory(into: Reading, rest: string): void {
  const [, state, path] = /^(directory|missing|dangling|other) (\/\S{1,100})$/.exec(rest) ?? [];
  if (state === undefined || path === undefined)
    throw new ProbeParseError('a directory without a state');
  const known = state as CniDirectory['state'];
  into.directories.push({
    path,
    state: known,
    mountOptions: [],
    entries: known === 'directory' ? [] : null,
  });
}

const MARKS: Readonly<Record<string, (into: Reading, rest: string) => void>> = {
  directory: readDirectory,
  mount: (into, rest) => {
    const last = into.directories.at(-1);
    if (last !== undefined) last.mountOptions = rest.split(',');
  },
  hidden: (into) => {
    const last = into.directories.at(-1);
    if (last !== undefined) last.entries = null;
  },
  entry: (into, rest) => into.directories.at(-1)?.entries?.push(rest),
  unreadable: (into, rest) => into.unreadable.push(rest),
  config: (into, rest) => {
    into.file = rest;
  },
};

function readLine(into: Reading, line: string): void {
  if (line.startsWith('|')) {
    readSetting(into, line);
    return;
  }
  const [, word = '', rest = ''] = /^([a-z]{1,10})(?: (.*))?$/.exec(line) ?? [];
  const read = Object.hasOwn(MARKS, word) ? MARKS[word] : undefined;
  if (read === undefined) throw new ProbeParseError('a line that is no mark');
  read(into, rest);
}

function parse(stdout: string): CniDirectories {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') throw new ProbeParseError('it does not end with "end"');
  const reading: Reading = { directories: [], settings: [], unreadable: [], file: '' };
  for (const line of lines) readLine(reading, line);
  const { directories, settings, unreadable } = reading;
  if (directories.length !== 2) throw new ProbeParseError('it does not speak of both directories');
  return { directories, settings, unreadable };
}

/** The two directories of CNI, the file systems they lie on, and where the container runtime looks instead. */
export const cniDirectories = defineProbe<CniDirectories>({
  id: 'cni-directories',
  command: 'ls -ld /etc/cni/net.d /opt/cni/bin',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 1 << 18,
  fields: {
    'directories.path': 'plain',
    'directories.mountOptions': 'plain',
    'directories.entries': 'free-text',
    'settings.file': 'plain',
    'settings.values': 'plain',
    unreadable: 'plain',
  },
  parse: ({ stdout }) => parse(stdout),
});
