import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { parseZones, type FirewalldZone } from './support/firewalld-zones.js';

export type FirewalldRules = {
  readonly running: boolean;
  /** As they are now. A pasted `--list-all` shows one zone. */
  readonly runtime: readonly FirewalldZone[];
  /** As they will be after a reboot; null when that was not asked. */
  readonly permanent: readonly FirewalldZone[] | null;
  /** The zone of every interface that is in no other; null when that was not asked. */
  readonly defaultZone: string | null;
};

const PERMANENT = '--- permanent';
const CONF = '--- firewalld.conf';

// A firewall-cmd costs up to 0.4 s: two calls tell all zones, the first also whether firewalld runs, and the default zone
// stands in a file.
const SCRIPT = `[ -x /usr/bin/firewall-cmd ] || { echo 'firewall-cmd is not installed' >&2; exit 127; }
as_root /usr/bin/firewall-cmd --list-all-zones || exit $?
echo '${PERMANENT}'
as_root /usr/bin/firewall-cmd --permanent --list-all-zones || exit $?
echo '${CONF}'
as_root /bin/cat /etc/firewalld/firewalld.conf`;

function parse(stdout: string): FirewalldRules {
  const [zones = '', conf] = stdout.split(`\n${CONF}\n`);
  const [runtime = '', permanent] = zones.split(`\n${PERMANENT}\n`);
  return {
    running: true,
    runtime: parseZones(runtime),
    permanent: permanent === undefined ? null : parseZones(permanent),
    defaultZone:
      conf === undefined
        ? null
        : (/^DefaultZone=([A-Za-z0-9_/-]{1,64})\s*$/m.exec(conf)?.[1] ?? 'public'),
  };
}

const saysNotRunning = (text: string): boolean => /^FirewallD is not running\s*$/m.test(text);

export const firewallCmdListAll = defineProbe<FirewalldRules>({
  id: 'firewall-cmd-list-all',
  command: 'firewall-cmd --list-all',
  script: SCRIPT,
  rootCommands: [
    '/usr/bin/firewall-cmd --list-all-zones',
    '/usr/bin/firewall-cmd --permanent --list-all-zones',
    '/bin/cat /etc/firewalld/firewalld.conf',
  ],
  // Longer than any other, so that it starts first: each call is a start of Python.
  timeoutSeconds: 40,
  maxBytes: 1 << 20,
  slow: true,
  fields: {
    running: 'plain',
    defaultZone: 'plain',
    'runtime.name': 'plain',
    'runtime.interfaces': 'plain',
    'runtime.sources': 'net-address',
    'runtime.richRules': 'free-text',
    'permanent.sources': 'net-address',
    'permanent.richRules': 'free-text',
  },
  goodExits: [252],
  recognises: (stdout) =>
    /^ {2}target: /m.test(stdout.slice(0, 2000)) && /^ {2}services:/m.test(stdout.slice(0, 4000)),
  parse: ({ stdout, stderr, exit }) => {
    if (exit !== 252 && !saysNotRunning(`${stdout}\n${stderr}`)) return parse(stdout);
    if (exit === null && /^ {2}target: /m.test(stdout))
      throw new ProbeParseError('it shows zones, and that firewalld does not run');
    return { running: false, runtime: [], permanent: null, defaultZone: null };
  },
});
