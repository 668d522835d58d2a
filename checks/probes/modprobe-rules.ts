import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { MODULES } from '../requirements/kernel-features.js';
import { linesOf, moduleName } from './support/text.js';

/** Modules of ours that a rule keeps from loading, with the rule as the node has it. */
export type ModprobeRules = ReadonlyMap<string, string>;

const HEADING = 'rules against modules:';
const RULE =
  /^([^\s:]{1,200}):\s{0,20}(blacklist|install)\s{1,20}([A-Za-z0-9_-]{1,64})(\s.{0,300})?$/;
const NOTHING = /^\s{1,20}(?:\/usr)?(?:\/bin\/)?(?:true|false)\s{0,20}(?:#.*)?$/;

function readRule(line: string, rules: Map<string, string>): void {
  const match = RULE.exec(line);
  if (match === null) return;
  const [, file = '', word = '', name = '', rest = ''] = match;
  if (word === 'install' && !NOTHING.test(rest)) return;
  rules.set(moduleName(name), `${word} ${name}${rest.trimEnd()} in ${file}`);
}

/** `modprobe.blacklist=a,b` and `module_blacklist=a,b`. */
function readCommandLine(line: string, rules: Map<string, string>): void {
  for (const word of line.split(' ')) {
    const match = /^(modprobe\.blacklist|module_blacklist)=(.{1,2000})$/.exec(word);
    for (const name of match?.[2]?.split(',') ?? []) {
      rules.set(moduleName(name), `${match?.[1] ?? ''}=${name} on the kernel command line`);
    }
  }
}

/**
 * Rules in modprobe.d and on the kernel's command line. A blacklisted module is not loaded when the kernel asks for it
 * by an alias, which is how creating a tunnel device or a set asks (modprobe.d(5)).
 */
export const modprobeRules = defineProbe<ModprobeRules>({
  id: 'modprobe-rules',
  command: "grep -E '^ *(blacklist|install) ' /etc/modprobe.d/*.conf; cat /proc/cmdline",
  script: `echo '${HEADING}'
for folder in /lib/modprobe.d /usr/lib/modprobe.d /usr/local/lib/modprobe.d /run/modprobe.d /etc/modprobe.d; do
  [ -d "$folder" ] && set -- "$@" "$folder"/*.conf
done
if [ $# -gt 0 ]; then
  grep -E '^[[:space:]]*(blacklist|install)[[:space:]]+(${MODULES.map((name) => name.replaceAll('_', '[_-]')).join('|')})([[:space:]]|$)' /dev/null "$@" 2>/dev/null
fi
if [ -r /proc/cmdline ]; then
  read -r line </proc/cmdline
  set -f
  for word in $line; do
    case $word in modprobe.blacklist=*|module_blacklist=*) echo "cmdline $word" ;; esac
  done
fi
exit 0`,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 65536,
  fields: { rules: 'free-text' },
  parse: ({ stdout }) => {
    const [heading, ...lines] = linesOf(stdout);
    if (heading !== HEADING) throw new ProbeParseError('it does not begin with its heading');
    const rules = new Map<string, string>();
    for (const line of lines) {
      if (line.startsWith('cmdline ')) readCommandLine(line.slice(8), rules);
      else readRule(line, rules);
    }
    return rules;
  },
});
