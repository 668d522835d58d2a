import type { Algorithms } from 'ssh2';
import { ConnectError } from '../../domain/errors.js';
import { reason, type ReasonCode } from '../../domain/reason.js';
import { visibleLine } from '../../domain/visible.js';
import { bothOffers } from './kex-init.js';

/** Where a connection attempt stood when it failed. */
export type Phase = 'tcp' | 'handshake' | 'login' | 'open';

export type Attempt = {
  /** `host:port`, with the hop named when it is not the node itself. */
  readonly where: string;
  readonly phase: Phase;
  /** The first bytes of the peer, for telling what answered instead of SSH, and what an SSH server offers. */
  readonly greeting: Buffer;
  /** What was offered to it. */
  readonly offer?: Algorithms;
};

/** The server closed the connection before its greeting: nothing was proven or sent, so it may be tried again later. */
export class SheddingError extends ConnectError {
  readonly where: string;
  constructor(where: string, after = '') {
    super(
      reason('refused', `${where}: it closed the connection before any greeting${after}`),
      'The server may be shedding connections (MaxStartups, PerSourcePenalties, fail2ban): wait, then try again.',
    );
    this.where = where;
  }
}

type Rule = readonly [RegExp, ReasonCode, string, string];

const NOTHING_IN_COMMON =
  /no matching (key exchange|host key|.*(?:cipher|MAC|compression))|not supported by the server/i;
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
  [
    'EINVAL',
    'no-route',
    'this address cannot be connected to as it is written',
    'Check the address; one that begins with fe80: needs its interface, as in fe80::1%eth0.',
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
  ['Bad packet length', 'not-ssh', 'it does not speak SSH 2, although it greets so', CHECK_PORT],
].map(([pattern = '', code, text = '', next = '']) => [
  new RegExp(pattern, 'i'),
  code as ReasonCode,
  text,
  next,
]);

/** The hop is to blame, not the node behind it: what is to be done is to be done there. */
const stepAt = ({ where }: Attempt, step: string): string =>
  where.startsWith('jump host ')
    ? step.replace(/(?:the|this) node(?: in the inventory)?/, 'the jump host')
    : step;

/** Every failure of ssh2 or of the socket, once, as one sentence with a next step. */
export function classify(error: unknown, attempt: Attempt): ConnectError {
  if (error instanceof ConnectError) return error;
  const text = describe(error);
  const early = attempt.phase === 'tcp' || attempt.phase === 'handshake';
  if (early && NO_GREETING.test(text)) return notSsh(attempt);
  if (early && NOTHING_IN_COMMON.test(text)) return nothingInCommon(text, attempt);
  const rule = RULES.find(([pattern, code]) => pattern.test(text) && (early || code !== 'not-ssh'));
  if (rule !== undefined)
    return connectError(rule[1], `${attempt.where}: ${rule[2]}`, stepAt(attempt, rule[3]));
  if (attempt.phase === 'tcp' && !text.includes('ECONNRESET')) {
    // A limit of this machine, say of open files: no server has shed anything.
    const where = `${attempt.where}: it cannot be connected to (${text})`;
    return connectError('no-route', where, 'Check the address, and the limits of this machine.');
  }
  return early
    ? beforeLogin(text, attempt)
    : connectError(
        'lost',
        `${attempt.where}: the connection broke ${attempt.phase === 'login' ? 'during login' : 'afterwards'} (${text})`,
        stepAt(attempt, 'Look at the log of sshd on the node, then try again.'),
      );
}

function beforeLogin(text: string, attempt: Attempt): ConnectError {
  const first = attempt.greeting.toString('latin1');
  if (first === '' || SHEDDING.test(first)) return new SheddingError(attempt.where);
  if (!/(?:^|\n)SSH-(2\.0|1\.99)-/.test(first)) return notSsh(attempt);
  return connectError(
    'lost',
    `${attempt.where}: the connection broke during the key exchange (${text})`,
    'Try again; if it stays so, compare with ssh -v to this node.',
  );
}

const NO_GREETING =
  /Unsupported protocol version|Invalid identification|Header line too long|Line too long|Protocol version/i;

function notSsh(attempt: Attempt): ConnectError {
  const { where, greeting } = attempt;
  const first = greeting.toString('latin1');
  const old = /(?:^|\n)SSH-(1\.\d{1,3})-/.exec(first)?.[1];
  return old === undefined
    ? connectError(
        'not-ssh',
        `${where}: it does not speak SSH 2 but says ${visibleLine(first.trim(), 40)}`,
        stepAt(attempt, CHECK_PORT),
      )
    : connectError(
        'not-ssh',
        `${where}: its server speaks SSH ${old} alone, which protects nothing`,
        stepAt(attempt, 'Install a current SSH server on this node.'),
      );
}

function nothingInCommon(text: string, attempt: Attempt): ConnectError {
  const kind = /key exchange/i.test(text)
    ? 'kex'
    : /host key/i.test(text)
      ? 'serverHostKey'
      : /MAC/.test(text)
        ? 'hmac'
        : 'cipher';
  const name = {
    kex: 'key exchange algorithm',
    serverHostKey: 'host key algorithm',
    hmac: 'MAC',
    cipher: 'cipher or MAC',
  }[kind];
  const offers = bothOffers(attempt.greeting, attempt.offer, kind);
  return new ConnectError(
    reason('refused', `${attempt.where}: no ${name} in common${offers}`),
    stepAt(
      attempt,
      'Use --transport openssh, which runs your own ssh, or enable a current algorithm in sshd_config of this node.',
    ),
    [`the ${name}s that this node offers`],
  );
}

/** What sshd says in place of its greeting when it drops a connection (sshd.c of OpenSSH 9.2 and 9.8). */
export const SHEDDING = /^(Exceeded MaxStartups|Not allowed at this time)/;

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

export function connectError(
  code: ReasonCode,
  text: string,
  nextStep: string,
  needsOpenSsh?: readonly string[],
): ConnectError {
  return new ConnectError(reason(code, text), nextStep, needsOpenSsh);
}

/** A message of a library or a peer, bounded and visible. Never a secret: ssh2 puts none in its messages. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'closed by the peer';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return visibleLine(`${code}${error.message}`, 160);
}
