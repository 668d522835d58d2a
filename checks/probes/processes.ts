import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import {
  BOOLEAN_FLAGS,
  DAEMONS,
  FLAGGED,
  FLAGS,
  HOST_DAEMONS,
  type Daemon,
  type Flag,
} from '../requirements/kubernetes-daemons.js';
import {
  parseKubeProxyConfig,
  PROXY_CONFIG_FIELDS,
  PROXY_LINES,
  type KubeProxyConfig,
} from './support/kube-proxy-config.js';
import { flagFields, readFlag, type Flags } from './support/kubernetes-flags.js';

export type Process = {
  readonly pid: number;
  readonly name: Daemon;
  /** Only those of FLAGS, and only of the daemons in FLAGGED. */
  readonly flags: Flags;
  /** Of kube-proxy: its configuration file, where this user may read it. */
  readonly proxyConfig: KubeProxyConfig | null;
};

// Names are read with builtins. A process is started only for a daemon whose flags matter: `read` passes over the
// NULs between the arguments. A flag's value is the rest of its argument or the next one.
// NSpid has a number for each PID namespace from this one down (proc(5), Linux 4.1): two for a process of a pod, more
// for a pod of a node that is itself a container here, as kind makes them; those are not of this node.
// With hidepid only processes of the login user are there to see, which would look like a node without daemons.
const SCRIPT = `read -r c 2>/dev/null </proc/1/comm || { echo 'the processes of other users are hidden' >&2; exit 126; }
for d in /proc/[0-9]*; do
  read -r c 2>/dev/null <"$d/comm" || continue
  case $c in ${DAEMONS.join('|')}) ;; *) continue ;; esac
  n=''
  while read -r k _ a b; do
    case $k in NSpid:) n=\${a:+1}\${b:+1}; break ;; esac
  done 2>/dev/null <"$d/status"
  case $n:$c in
    :*) ;;
    ${HOST_DAEMONS.map((name) => `1:${name}`).join('|')}) continue ;;
    1:*) ;;
    *) continue ;;
  esac
  printf 'process %s %s\\n' "\${d##*/}" "$c"
  case $c in ${FLAGGED.join('|')}) ;; *) continue ;; esac
  tr '\\000' '\\n' 2>/dev/null <"$d/cmdline" | {
    n='' f=''
    while IFS= read -r a; do
      case $a in --*) ;; *) [ -z "$n" ] || printf 'flag %s=%s\\n' "$n" "$a"; [ "$n" != config ] || f=$a; n=; continue ;; esac
      [ -z "$n" ] || printf 'flag %s\\n' "$n"
      a=\${a#--} n=\${a%%=*}
      case $n in ${FLAGS.join('|')}) ;; *) n=; continue ;; esac
      case $a in
        *=*) printf 'flag %s\\n' "$a"; [ "$n" != config ] || f=\${a#*=}; n= ;;
        ${BOOLEAN_FLAGS.join('|')}) printf 'flag %s\\n' "$n"; n= ;;
      esac
    done
    [ -z "$n" ] || printf 'flag %s\\n' "$n"
    if [ "$c" = kube-proxy ] && [ -n "$f" ] && [ -f "$d/root$f" ] && [ -r "$d/root$f" ]; then
      echo configured
      while IFS= read -r a; do
        case $a in ${PROXY_LINES}) printf 'config %s\\n' "$a" ;; esac
      done <"$d/root$f"
    fi
  }
done
echo end`;

type Draft = {
  readonly pid: number;
  readonly name: Daemon;
  readonly flags: Map<Flag, string>;
  config: string[] | null;
};

const MOST = 10_000;

const isDaemon = (name: string): name is Daemon => DAEMONS.some((daemon) => daemon === name);

function readProcess(into: Draft[], rest: string): void {
  const [, pid = '', name = ''] = /^(\d{1,10}) (\S{1,15})$/.exec(rest) ?? [];
  if (into.length >= MOST) throw new ProbeParseError('more daemons than a node can have');
  if (!isDaemon(name)) throw new ProbeParseError('a process that was not asked for');
  into.push({ pid: Number(pid), name, flags: new Map(), config: null });
}

function readLine(into: Draft[], line: string): void {
  const space = line.indexOf(' ');
  const word = space < 0 ? line : line.slice(0, space);
  const rest = space < 0 ? '' : line.slice(space + 1);
  const last = into.at(-1);
  if (word === 'process') readProcess(into, rest);
  else if (last === undefined) throw new ProbeParseError('it does not begin with a process');
  else if (word === 'flag') readFlag(last.flags, rest);
  else if (word === 'configured') last.config = [];
  else if (word === 'config') last.config?.push(rest);
  else throw new ProbeParseError('a line that is no mark');
}

function parse(stdout: string): readonly Process[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') throw new ProbeParseError('it does not end with "end"');
  const drafts: Draft[] = [];
  for (const line of lines) readLine(drafts, line);
  return drafts.map(({ config, ...draft }) => ({
    ...draft,
    proxyConfig: config === null ? null : parseKubeProxyConfig(config),
  }));
}

/** Which daemons run that matter to Calico, with the few flags that checks need; never a whole command line. */
export const processes = defineProbe<readonly Process[]>({
  id: 'processes',
  command: 'ps -eo pid,comm,args',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 1 << 18,
  fields: {
    pid: 'plain',
    name: 'plain',
    ...flagFields('flags'),
    ...PROXY_CONFIG_FIELDS('proxyConfig'),
  },
  parse: ({ stdout }) => parse(stdout),
});

export const running = (all: readonly Process[], ...names: readonly Daemon[]): readonly Process[] =>
  all.filter(({ name }) => names.includes(name));
