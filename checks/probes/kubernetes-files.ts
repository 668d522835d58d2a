import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import {
  BOOLEAN_FLAGS,
  FLAGS,
  PROXY_KEYS,
  PROXY_SECTIONS,
  type Flag,
} from '../requirements/kubernetes-daemons.js';
import {
  ADMIN_KUBECONFIGS,
  CONFIGURATION_KEYS,
  JOINED_FILES,
  KUBERNETES_CONFIGURATION,
  KUBERNETES_FOLDERS,
  KUBERNETES_PROGRAMS,
} from '../requirements/kubernetes-files.js';
import { flagFields, readFlag, unquoted, type Flags } from './support/kubernetes-flags.js';
import {
  parseKubeProxyConfig,
  PROXY_CONFIG_FIELDS,
  PROXY_LINES,
  type KubeProxyConfig,
} from './support/kube-proxy-config.js';

export type KubernetesFile = {
  readonly path: string;
  /** Flags in its lines that are no comments. */
  readonly flags: Flags;
  /** Top-level keys of a YAML file, only those of CONFIGURATION_KEYS. */
  readonly keys: ReadonlyMap<string, string>;
  /** Its lines as a kube-proxy configuration; null when it is of another kind. */
  readonly proxyConfig: KubeProxyConfig | null;
};

export type KubernetesFiles = {
  /** Programs and files of Kubernetes that are there. */
  readonly there: ReadonlySet<string>;
  /** Folders that the login user may not look into. */
  readonly hidden: readonly string[];
  /** Whether the files were read as root: then what is not among them is not there or says nothing. */
  readonly readAsRoot: boolean;
  readonly files: readonly KubernetesFile[];
};

const LOOKED_FOR = [
  ...KUBERNETES_PROGRAMS,
  ...JOINED_FILES,
  ...Object.values(ADMIN_KUBECONFIGS),
  ...KUBERNETES_CONFIGURATION,
].filter((path, index, all) => all.indexOf(path) === index);

const KEYS = [...CONFIGURATION_KEYS, ...PROXY_KEYS, ...PROXY_SECTIONS].map((key) => `-e ${key}:`);
// Flags stand in manifests and units as `--flag=value`, in the configuration of k3s as `- flag=value`.
const WORDS = FLAGS.filter((flag) => flag !== 'config').map((flag) => `-e ${flag}`);
const GREP = `/bin/grep -sH -e ^Linux ${KEYS.join(' ')} ${WORDS.join(' ')} /proc/version ${KUBERNETES_CONFIGURATION.join(' ')}`;

const PICK_KEYS = CONFIGURATION_KEYS.map((key) => `${key}:*`).join('|');
const PICK_FLAGS = FLAGS.join('|');

// Lines are found as root and picked apart here, so that nothing but known keys and flags leaves the node: these files
// may hold tokens. The line of /proc/version shows that grep ran: a sudo that refuses looks like a grep without a match.
const SCRIPT = `n=
for f in ${LOOKED_FOR.join(' ')}; do
  if [ -e "$f" ]; then n=y; printf 'there %s\\n' "$f"; fi
done
for f in ${KUBERNETES_FOLDERS.join(' ')}; do
  if [ -d "$f" ] && [ ! -x "$f" ]; then n=y; printf 'hidden %s\\n' "$f"; fi
done
if [ -n "$n" ]; then
o=$(as_root ${GREP} 2>/dev/null)
case $o in */proc/version:Linux*) echo root ;; *) o=$(${GREP} 2>/dev/null) ;; esac
printf '%s\\n' "$o" | {
  set -f
  q="'" p=
  while IFS= read -r l; do
    f=\${l%%:*} l=\${l#*:}
    [ "$f" != /proc/version ] || continue
    if [ "$f" != "$p" ]; then p=$f; printf 'file %s\\n' "$f"; fi
    case $l in ${PROXY_LINES}) printf 'proxy %s\\n' "$l" ;; esac
    # shellcheck disable=SC2086
    set -- $l
    case \${1-} in '#'*) continue ;; esac
    case "$*" in ${PICK_KEYS}) printf 'key %s\\n' "$*"; continue ;; esac
    n=
    for w; do
      w=\${w#\\[} w=\${w%,} w=\${w%\\]} w=\${w%[\\""$q"]} w=\${w#[\\""$q"]}
      case $w in
        *=--*) w=--\${w#*=--} ;;
        *'="--'*) w=--\${w#*'="--'} ;;
        --*) ;;
        *) if [ -n "$n" ]; then printf 'flag %s=%s\\n' "$n" "$w"; n=; continue; fi
          case $w in *=*) w=--$w ;; *) continue ;; esac ;;
      esac
      [ -z "$n" ] || printf 'flag %s\\n' "$n"
      w=\${w#--} n=\${w%%=*}
      case $n in ${PICK_FLAGS}) ;; *) n=; continue ;; esac
      case $w in
        *=*) printf 'flag %s\\n' "$w"; n= ;;
        ${BOOLEAN_FLAGS.join('|')}) printf 'flag %s\\n' "$n"; n= ;;
      esac
    done
    [ -z "$n" ] || printf 'flag %s\\n' "$n"
  done
}
fi
echo end`;

type Draft = {
  readonly path: string;
  readonly flags: Map<Flag, string>;
  readonly keys: Map<string, string>;
  readonly proxy: string[];
};
type Reading = {
  readonly there: Set<string>;
  readonly hidden: string[];
  readAsRoot: boolean;
  readonly files: Draft[];
};

const PATH = /^\/[A-Za-z0-9/._-]{1,120}$/;

function pathOf(text: string): string {
  if (!PATH.test(text)) throw new ProbeParseError('a path in no known form');
  return text;
}

function lastOf(into: Reading): Draft {
  const last = into.files.at(-1);
  if (last === undefined) throw new ProbeParseError('a line of no file');
  return last;
}

function readKey({ keys }: Draft, text: string): void {
  const colon = text.indexOf(':');
  keys.set(text.slice(0, Math.max(0, colon)), unquoted(text.slice(colon + 1)).slice(0, 200));
}

const MARKS: ReadonlyMap<string, (into: Reading, rest: string) => void> = new Map([
  ['there', (into, rest) => void into.there.add(pathOf(rest))],
  ['hidden', (into, rest) => void into.hidden.push(pathOf(rest))],
  ['root', (into) => void (into.readAsRoot = true)],
  [
    'file',
    (into, rest) =>
      void into.files.push({ path: pathOf(rest), flags: new Map(), keys: new Map(), proxy: [] }),
  ],
  [
    'flag',
    (into, rest) => {
      readFlag(lastOf(into).flags, rest);
    },
  ],
  [
    'key',
    (into, rest) => {
      readKey(lastOf(into), rest);
    },
  ],
  ['proxy', (into, rest) => void lastOf(into).proxy.push(rest)],
]);

function readLine(into: Reading, line: string): void {
  const space = line.indexOf(' ');
  const read = MARKS.get(space < 0 ? line : line.slice(0, space));
  if (read === undefined) throw new ProbeParseError('a line that is no mark');
  read(into, space < 0 ? '' : line.slice(space + 1));
}

const isProxyConfig = ({ keys }: Draft): boolean => keys.get('kind') === 'KubeProxyConfiguration';

function parse(stdout: string): KubernetesFiles {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') throw new ProbeParseError('it does not end with "end"');
  const reading: Reading = { there: new Set(), hidden: [], readAsRoot: false, files: [] };
  for (const line of lines) readLine(reading, line);
  return {
    ...reading,
    files: reading.files.map((draft) => ({
      path: draft.path,
      flags: draft.flags,
      keys: draft.keys,
      proxyConfig: isProxyConfig(draft) ? parseKubeProxyConfig(draft.proxy) : null,
    })),
  };
}

/** Which Kubernetes is laid out here, and the few settings of its files that checks need. */
export const kubernetesFiles = defineProbe<KubernetesFiles>({
  id: 'kubernetes-files',
  command:
    'ls /etc/kubernetes /var/lib/kubelet /etc/rancher; grep -r -e cluster-cidr -e secure-port /etc/kubernetes/manifests /etc/rancher',
  script: SCRIPT,
  rootCommands: [GREP],
  timeoutSeconds: 10,
  maxBytes: 1 << 18,
  fields: {
    there: 'plain',
    hidden: 'plain',
    readAsRoot: 'plain',
    'files.path': 'plain',
    'files.keys': 'plain',
    'files.keys.cluster-cidr': 'net-address',
    'files.keys.service-cidr': 'net-address',
    ...flagFields('files.flags'),
    ...PROXY_CONFIG_FIELDS('files.proxyConfig'),
  },
  parse: ({ stdout }) => parse(stdout),
});
