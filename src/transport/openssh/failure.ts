import type { ConnectError } from '../../domain/errors.js';
import type { ReasonCode } from '../../domain/reason.js';
import { visibleLine } from '../../domain/visible.js';
import { connectError, SHEDDING, SheddingError } from '../ssh/errors.js';

type Rule = readonly [RegExp, ReasonCode, string, string];

const CHECK_NETWORK = 'Check the address and the firewalls in between.';
const CONFIGURATION = 'Mend the SSH configuration, or name another with --config FILE.';
const COMPARE =
  'Compare the fingerprint at the node itself; replace the key in known_hosts only if the change is right.';

// The messages of OpenSSH 8.0 to 10 (sshconnect.c, sshconnect2.c, kex.c, packet.c); $1 is what the pattern caught.
const RULES: readonly Rule[] = [
  [
    /REVOKED HOST KEY|marked as revoked|revoked by file|Host key .* revoked/i,
    'host-key-revoked',
    'it shows a host key that is marked as revoked',
    'Do not enter this node; give it a new host key first.',
  ],
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    'host-key-changed',
    'it shows another host key than known_hosts holds',
    COMPARE,
  ],
  [
    /incorrect signature|signature verification failed/i,
    'host-key-changed',
    'it shows a host key that it cannot prove to hold',
    'Somebody may be in between: compare the key at the node itself before you go on.',
  ],
  [
    /No \S+ host key is known|Host key verification failed/,
    'host-key-unknown',
    'its host key is not in known_hosts',
    'Compare the fingerprint at the node itself, then add the key with ssh-keyscan, or use --host-key accept-new.',
  ],
  [
    /Could not resolve hostname/,
    'no-route',
    'the name does not resolve',
    'Check the spelling, or DNS on this machine.',
  ],
  [
    /Connection refused/,
    'refused',
    'nothing listens there',
    'Start sshd on the node or correct the port.',
  ],
  [/timed out/i, 'timed-out', 'no answer', CHECK_NETWORK],
  [
    /No route to host|Network is unreachable|Can't assign requested address/,
    'no-route',
    'no route to it',
    'Check the address and the routes of this machine.',
  ],
  [
    /no matching ([a-zA-Z ]+) found\. Their offer: (.*)/,
    'refused',
    'no $1 in common; it offers $2',
    'Enable a current algorithm in sshd_config of this node, or allow one of its own in ssh_config.',
  ],
  [
    /Too many authentication failures/,
    'auth-failed',
    'it refuses further attempts',
    'Name the right key with --identity, or with IdentityFile and IdentitiesOnly yes in ssh_config.',
  ],
  [
    /Permission denied(?: \(([^)]*)\))?/,
    'auth-failed',
    'ssh was not let in (the server takes: $1)',
    'Check the user name and the key, and try the login by hand with ssh.',
  ],
  [
    /banner line contains invalid|Protocol major versions differ|protocol identification string|banner line too long|No banner received|Bad packet length/i,
    'not-ssh',
    'it does not speak SSH 2',
    'Check the port of this node in the inventory.',
  ],
  [
    /Bad configuration option: (.*)|(?:terminating, \d+ bad configuration).*|Bad owner or permissions on (.*)/,
    'no-route',
    'ssh refuses its configuration ($1$2)',
    CONFIGURATION,
  ],
  [
    /not responding|Broken pipe/,
    'lost',
    'it stopped answering',
    'Check the network and run again; what was asked before is kept.',
  ],
];

/** What came where a greeting of SSH should be; a server that sheds connections says so there, too. */
const BANNER_LINE = /^debug1: kex_exchange_identification: banner line 0: (.*)$/m;

/** The lines that ssh means for its user. */
const spoken = (log: string): readonly string[] =>
  log.split(/\r?\n/).filter((line) => line !== '' && !/^debug[123]: /.test(line));

const clean = (text: string): string => visibleLine(text, 160);

/** What the programme in front of the connection said, and who that is. */
export type ProxySaid = { readonly by: string; readonly said: string };

/** Why ssh made no connection, as one sentence with a next step, by what it logged. */
export function failureOf(
  where: string,
  log: string,
  { by, said: proxyLog }: ProxySaid = { by: '', said: '' },
): ConnectError {
  const proxy = visibleLine(proxyLog.trim().split('\n', 1)[0] ?? '', 160);
  if (/forwarding|open failed/i.test(proxyLog)) {
    return connectError(
      'no-route',
      `${where}: the ${by} did not connect to it (${proxy})`,
      'Check that the jump host reaches the node and allows forwarding (AllowTcpForwarding).',
    );
  }
  const lines = spoken(log);
  const text = lines.join('\n');
  for (const [pattern, code, words, next] of RULES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const said = words.replace(/\$(\d)/g, (_, at: string) => clean(match[Number(at)] ?? ''));
    return connectError(code, `${where}: ${said}`, next);
  }
  const early = beforeGreeting(where, log, text);
  if (early !== null) return early;
  const last = clean(lines.at(-1) ?? '');
  return connectError(
    'lost',
    `${where}: the connection of ssh ended (${last === '' ? 'it said nothing' : last})`,
    'Try the login by hand with ssh -v to this node.',
  );
}

/** Who spoke no SSH at all, or would not speak; null when the server has greeted. */
function beforeGreeting(where: string, log: string, text: string): ConnectError | null {
  if (log.includes('Remote protocol version')) return null;
  const other = BANNER_LINE.exec(log)?.[1];
  if (other !== undefined && !SHEDDING.test(other)) {
    return connectError(
      'not-ssh',
      `${where}: it does not speak SSH 2 but says ${visibleLine(other.trim(), 40)}`,
      'Check the port of this node in the inventory.',
    );
  }
  const isClosed = /closed by|reset by|kex_exchange_identification/i.test(text);
  return isClosed ? new SheddingError(where) : null;
}
