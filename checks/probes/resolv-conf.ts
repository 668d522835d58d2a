import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

/** One resolv.conf(5). */
export type ResolvConf = {
  readonly file: string;
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
};
export type Resolvers = {
  /** The node's own first, then systemd-resolved's list of real servers, then the one that the kubelet names. */
  readonly files: readonly ResolvConf[];
  /** `resolvConf` of the kubelet's configuration; null when there is none or it may not be read. */
  readonly kubelet: string | null;
};

const RESOLV = '/etc/resolv.conf';
const SCRIPT = `k=
if [ -r /var/lib/kubelet/config.yaml ]; then
  while read -r w v _; do
    case $w in resolvConf:) k=$v; printf 'kubelet %s\\n' "$v" ;; esac
  done </var/lib/kubelet/config.yaml
fi
k=\${k#\\"}; k=\${k%\\"}
for f in ${RESOLV} /run/systemd/resolve/resolv.conf "$k"; do
  if [ -z "$f" ] || [ ! -r "$f" ]; then continue; fi
  printf 'file %s\\n' "$f"
  while read -r w v; do
    case $w in nameserver|search|domain) printf '%s %s\\n' "$w" "$v" ;; esac
  done <"$f"
done
echo end`;

type Draft = { file: string; nameservers: string[]; searches: string[] };

const words = (rest: string): readonly string[] => rest.slice(0, 2000).split(' ').filter(Boolean);

function readLine(files: Draft[], line: string): string | null {
  const space = line.indexOf(' ');
  const word = space < 0 ? line : line.slice(0, space);
  const rest =
    space < 0
      ? ''
      : line
          .slice(space + 1)
          .replaceAll('\t', ' ')
          .trim();
  if (word === 'kubelet') return rest.replace(/^["']|["']$/g, '').slice(0, 400);
  if (word === 'file') files.push({ file: rest.slice(0, 400), nameservers: [], searches: [] });
  else {
    const last = files.at(-1);
    if (last === undefined) throw new ProbeParseError('a line before the first file');
    if (word === 'nameserver') last.nameservers.push(...words(rest).slice(0, 1));
    // The last of several `search` and `domain` lines holds (resolv.conf(5)).
    else if (word === 'search' || word === 'domain') last.searches = [...words(rest)];
    else throw new ProbeParseError('a line that is no mark');
  }
  return null;
}

function parse(stdout: string): Resolvers {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') throw new ProbeParseError('it does not end with "end"');
  const files: Draft[] = [];
  let kubelet: string | null = null;
  for (const line of lines) kubelet = readLine(files, line) ?? kubelet;
  return { files, kubelet };
}

/** Whom the node asks for names, and which of its lists the kubelet hands to pods. */
export const resolvConf = defineProbe<Resolvers>({
  id: 'resolv-conf',
  command: `cat ${RESOLV} /run/systemd/resolve/resolv.conf; grep resolvConf /var/lib/kubelet/config.yaml`,
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 32_768,
  fields: {
    'files.file': 'plain',
    'files.nameservers': 'net-address',
    'files.searches': 'hostname',
    kubelet: 'plain',
  },
  parse: ({ stdout }) => parse(stdout),
});
