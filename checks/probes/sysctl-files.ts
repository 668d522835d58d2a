import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

/** One statement of a file that sets kernel settings at boot. */
export type SysctlStatement = {
  readonly file: string;
  /** With dots: `net.ipv4.ip_forward`. */
  readonly key: string;
  readonly value: string;
};

const HEADING = 'files of sysctl:';
const KEYS = 'net[./]ipv[46][./](ip_forward|conf[./](all|default)[./](forwarding|rp_filter))';
const FILE =
  /^(?:\/etc\/sysctl\.conf|\/(?:etc|run|usr\/local\/lib|usr\/lib|lib)\/sysctl\.d\/[^/]{1,255}\.conf)$/;
const STATEMENT =
  /^([^:]{1,400}):\s{0,50}-?\s{0,50}([a-z0-9_./]{1,100})\s{0,50}=\s{0,50}(\S{1,100})/;

const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

/**
 * The files in the order in which they are read: by name whatever the directory, of two files with one name the one
 * of the first directory alone (sysctl.d(5)); /etc/sysctl.conf last, as procps reads it.
 */
function inOrder(files: readonly string[]): readonly string[] {
  const byName = new Map<string, string>();
  for (const file of files) {
    const name = file === '/etc/sysctl.conf' ? '\u{10FFFF}' : nameOf(file);
    if (!byName.has(name)) byName.set(name, file);
  }
  return [...byName.keys()].sort().map((name) => byName.get(name) ?? '');
}

function parse(stdout: string): readonly SysctlStatement[] {
  const [heading, ...lines] = stdout.split('\n', 20_000);
  if (heading !== HEADING) throw new ProbeParseError('it does not begin with its heading');
  const files = inOrder(
    lines
      .filter((line) => line.startsWith('file ') && line.length < 400)
      .map((line) => line.slice(5))
      .filter((file) => FILE.test(file)),
  );
  const said = lines.flatMap((line) => {
    const match = line.length > 1000 ? null : STATEMENT.exec(line);
    if (match === null) return [];
    const [, file = '', key = '', value = ''] = match;
    return [{ file, key: key.replaceAll('/', '.'), value }];
  });
  return files.flatMap((file) => said.filter((statement) => statement.file === file));
}

/** What the files that systemd-sysctl and procps read at boot say of forwarding and reverse path filters, in their order. */
export const sysctlFiles = defineProbe<readonly SysctlStatement[]>({
  id: 'sysctl-files',
  command:
    "grep -E 'forward|rp_filter' /etc/sysctl.conf /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf",
  script: `echo '${HEADING}'
set --
for file in /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf /etc/sysctl.conf; do
  [ -f "$file" ] && set -- "$@" "$file" && echo "file $file"
done
[ $# -eq 0 ] || grep -H -E '^[[:space:]]*-?[[:space:]]*${KEYS}[[:space:]]*=' "$@"
exit 0`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 262_144,
  fields: { file: 'plain', key: 'plain', value: 'plain' },
  parse: ({ stdout }) => parse(stdout),
});
