import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';
import { linesOf } from './support/text.js';

/** A port that something on the node has taken. */
export type ListeningSocket = {
  readonly protocol: 'tcp' | 'udp';
  /** As ss prints it, without brackets: `0.0.0.0`, `*`, `::`, `127.0.0.1`; an address of /proc/net stays hexadecimal. */
  readonly address: string;
  readonly port: number;
  /** Names of its processes; empty for a socket of the kernel, and where the names cannot be seen. */
  readonly processes: readonly string[];
};
export type ListeningSockets = {
  /** Whether the names of processes could be seen at all: they need root and ss. */
  readonly named: boolean;
  readonly sockets: readonly ListeningSocket[];
};

const NAMED = '# calico-ready: named';
const UNNAMED = '# calico-ready: unnamed';
// State 0A listens; a UDP socket that takes datagrams from anybody is in state 07.
const FROM_PROC = (protocol: string, state: string): string =>
  `[ ! -r /proc/net/${protocol} ] || sed -n 's/^ *[0-9]*: \\([0-9A-F]*:[0-9A-F]\\{4\\}\\) [0-9A-F]*:0000 ${state} .*/${protocol} \\1/p' /proc/net/${protocol}`;

// Root is asked for the names only where a port is taken that Calico could want: TCP 179, or one from 1024 on.
const SCRIPT = `O=$(ss -Hlntu 2>/dev/null) && case $O in
*:179' '*|*:[1-9][0-9][0-9][0-9]' '*|*:[1-9][0-9][0-9][0-9][0-9]' '*) ;;
*) printf '%s\\n' '${UNNAMED}' "$O"; exit 0 ;;
esac
echo '${NAMED}'
if [ -x /usr/bin/ss ]; then
as_root /usr/bin/ss -Hlntup 2>/dev/null && exit 0
elif [ -x /usr/sbin/ss ]; then
as_root /usr/sbin/ss -Hlntup 2>/dev/null && exit 0
fi
echo '${UNNAMED}'
[ -z "$O" ] || { printf '%s\\n' "$O"; exit 0; }
[ -r /proc/net/tcp ] || { echo 'ss is not installed' >&2; exit 127; }
${FROM_PROC('tcp', '0A')}
${FROM_PROC('tcp6', '0A')}
${FROM_PROC('udp', '07')}
${FROM_PROC('udp6', '07')}
:`;

const ENDPOINT = /^(.{1,64}):(\d{1,5})$/;
const PROC = /^(tcp|udp)6? ([0-9A-F]{8}(?:[0-9A-F]{24})?):([0-9A-F]{4})$/;
const NAME = /\("((?:[^"\\]|\\.){1,64})",pid=/g;

function ofProc(line: string): ListeningSocket | null {
  const [, protocol, address, port] = PROC.exec(line) ?? [];
  if (protocol === undefined || address === undefined || port === undefined) return null;
  return {
    protocol: protocol === 'tcp' ? 'tcp' : 'udp',
    address,
    port: Number.parseInt(port, 16),
    processes: [],
  };
}

const namesOf = (text: string): readonly string[] => [
  ...new Set([...text.slice(0, 4000).matchAll(NAME)].map(([, name = '']) => name)),
];

// Only sockets that wait for anybody count.
const isOpen = (kind: string, state: string): kind is 'tcp' | 'udp' =>
  (kind === 'tcp' && state === 'LISTEN') || (kind === 'udp' && state === 'UNCONN');

/** `Netid State Recv-Q Send-Q Local:Port Peer:Port Process`. */
function ofSs(line: string): ListeningSocket | null {
  const [kind = '', state = '', , , local = '', ...rest] = line.slice(0, 8000).split(/\s{1,400}/);
  const [, address = '', port = '99999'] = ENDPOINT.exec(local) ?? [];
  if (!isOpen(kind, state) || Number(port) > 65535) return null;
  return {
    protocol: kind,
    address: address.replace(/^\[([^\]]{0,62})\]/, '$1'),
    port: Number(port),
    processes: namesOf(rest.join(' ')),
  };
}

function parse(stdout: string): ListeningSockets {
  const lines = linesOf(stdout);
  // After a refusal of root the second listing is the one that counts.
  const start = lines.lastIndexOf(UNNAMED);
  const isSs = lines.some((line) => line === NAMED || line === UNNAMED || /^Netid\s/.test(line));
  const sockets = lines
    .slice(Math.max(0, start))
    .map((line) => ofProc(line) ?? ofSs(line.trim()))
    .filter((socket) => socket !== null);
  if (!isSs && sockets.length === 0) throw new ProbeParseError('it shows no socket');
  return {
    named: start < 0 && (lines.includes(NAMED) || sockets.some((one) => one.processes.length > 0)),
    sockets,
  };
}

/** The TCP and UDP ports that are taken on the node, and by which processes where root may tell. */
export const listeningSockets = defineProbe<ListeningSockets>({
  id: 'listening-sockets',
  command: 'ss -lntup',
  script: SCRIPT,
  rootCommands: ['/usr/bin/ss -Hlntup', '/usr/sbin/ss -Hlntup'],
  timeoutSeconds: 20,
  maxBytes: 2 << 20,
  fields: {
    named: 'plain',
    'sockets.protocol': 'plain',
    'sockets.address': 'net-address',
    'sockets.port': 'plain',
    'sockets.processes': 'plain',
  },
  recognises: (stdout) => /^Netid\s{1,20}State\s/m.test(stdout.slice(0, 2000)),
  parse: ({ stdout }) => parse(stdout),
});
