import { ConnectError } from '../../domain/errors.js';
import { reason, type ReasonCode } from '../../domain/reason.js';
import { visibleLine } from '../../domain/visible.js';

/** Where a connection attempt stood when it failed. */
export type Phase = 'tcp' | 'handshake' | 'login' | 'open';

export type Attempt = {
  /** `host:port`, with the hop named when it is not the node itself. */
  readonly where: string;
  readonly phase: Phase;
  /** The first bytes of the peer, for telling what answered instead of SSH. */
  readonly greeting: Buffer;
};

type Rule = readonly [RegExp, ReasonCode, string, string];

const OTHER_CLIENT = 'Enable a current algorithm in sshd_config of this node.';
const CHECK_PORT = 'Check the port of this node in the inventory.';

// Node's codes of connect(2) and getaddrinfo(3), then the texts of ssh2 1.17 (lib/protocol).
const RULES: readonly Rule[] = [
  [
    'ECONNREFUSED',
    'refused',
    'nothing listens there',
    'Start sshd on the node or correct the port.',
  ],
  [
    'ETIMEDOUT|EHOSTDOWN',
    'timed-out',
    'no answer',
    'Check the address and the firewalls in between.',
  ],
  [
    'ENOTFOUND|EAI_NONAME|EAI_AGAIN|ENODATA',
    'no-route',
    'the name does not resolve',
    'Check the spelling, or DNS on this machine.',
  ],
  [
    'EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ENETDOWN',
    'no-route',
    'no route to it',
    'Check the address and the routes of this machine.',
  ],
  ['no matching host key', 'refused', 'no host key algorithm in common', OTHER_CLIENT],
  ['no matching key exchange', 'refused', 'no key exchange algorithm in common', OTHER_CLIENT],
  [
    'no matching .* (cipher|MAC|compression)',
    'refused',
    'no cipher or MAC in common',
    OTHER_CLIENT,
  ],
  [
    'signature verification failed|Host key does not match',
    'host-key-changed',
    'it shows a host key that it cannot prove to hold',
    'Somebody may be in between: compare the key at the node itself before you go on.',
  ],
  [
    'Keepalive timeout',
    'lost',
    'it stopped answering',
    'Check the network and run again; what was asked before is kept.',
  ],
  [
    'Too many authentication failures',
    'auth-failed',
    'it refuses further attempts',
    'Name the right key with --identity.',
  ],
  [
    'Unsupported protocol version|Invalid identification|Header line too long|Line too long|Protocol version|Bad packet length',
    'not-ssh',
    'it does not speak SSH 2',
    CHECK_PORT,
  ],
].map(([pattern = '', code, text = '', next = '']) => [
  new RegExp(pattern, 'i'),
  code as ReasonCode,
  text,
  next,
]);

/** Every failure of ssh2 or of the socket, once, as one sentence with a next step. */
export function classify(error: unknown, attempt: Attempt): ConnectError {
  if (error instanceof ConnectError) return error;
  const text = describe(error);
  const early = attempt.phase === 'tcp' || attempt.phase === 'handshake';
  const rule = RULES.find(([pattern, code]) => pattern.test(text) && (early || code !== 'not-ssh'));
  if (rule !== undefined) return connectError(rule[1], `${attempt.where}: ${rule[2]}`, rule[3]);
  return early
    ? beforeLogin(text, attempt)
    : connectError(
        'lost',
        `${attempt.where}: the connection broke ${attempt.phase === 'login' ? 'during login' : 'afterwards'} (${text})`,
        'Look at the log of sshd on the node, then try again.',
      );
}

function beforeLogin(text: string, attempt: Attempt): ConnectError {
  const first = attempt.greeting.toString('latin1');
  if (first === '' || SHEDDING.test(first)) {
    return connectError(
      'refused',
      `${attempt.where}: it closed the connection before any greeting`,
      'The server may be shedding connections (MaxStartups, PerSourcePenalties, fail2ban): wait, then try again.',
    );
  }
  if (first !== '' && !/^SSH-(2\.0|1\.99)-|\nSSH-(2\.0|1\.99)-/.test(first)) {
    const shown = visibleLine(first, 40);
    return connectError(
      'not-ssh',
      `${attempt.where}: it does not speak SSH 2 but says ${shown}`,
      CHECK_PORT,
    );
  }
  return connectError(
    'lost',
    `${attempt.where}: the connection broke during the key exchange (${text})`,
    'Try again; if it stays so, compare with ssh -v to this node.',
  );
}

/** What sshd says in place of its greeting when it drops a connection (sshd.c of OpenSSH 9.2 and 9.8). */
const SHEDDING = /^(Exceeded MaxStartups|Not allowed at this time)/;

/** A phase took too long. */
export function timedOut(attempt: Attempt, seconds: number): ConnectError {
  const what = {
    tcp: 'no answer',
    handshake: 'no complete SSH greeting and key exchange',
    login: 'the login did not end',
    open: 'no answer',
  }[attempt.phase];
  return connectError(
    'timed-out',
    `${attempt.where}: ${what} within ${String(seconds)} s`,
    'Check the address, the port and the firewalls in between.',
  );
}

export function connectError(code: ReasonCode, text: string, nextStep: string): ConnectError {
  return new ConnectError(reason(code, text), nextStep);
}

/** A message of a library or a peer, bounded and visible. Never a secret: ssh2 puts none in its messages. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'closed by the peer';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return visibleLine(`${code}${error.message}`, 160);
}
