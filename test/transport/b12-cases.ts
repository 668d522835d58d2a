/**
 * The fault cases that the transport and what stands behind it are held to. Each has tests whose names begin with
 * `B12/` and its number: `grep -rn "B12/37 " test`. test/transport/b12.test.ts holds the two together.
 */
export type FaultCase = {
  readonly number: number;
  readonly title: string;
  /** What its tests run against. `command`: the command as it ships, beside a healthy node, with its exit code. */
  readonly against: readonly (
    | 'command'
    | 'wizard'
    | 'real ssh'
    | 'sshd'
    | 'dropbear'
    | 'fake server'
    | 'agent'
    | 'ssh-keygen'
    | 'sudo'
    | 'doas'
    | 'shell'
    | 'parser'
  )[];
  /** Why something of sentence, exit code and healthy node cannot be there. */
  readonly without?: string;
};

type Against = FaultCase['against'][number];
type Row = readonly [title: string, against: string, without?: string];

const ROWS: Readonly<Record<number, Row>> = {
  1: ['unknown host key, somebody to ask', 'command wizard sshd fake-server'],
  2: ['unknown host key, nobody to ask', 'command sshd'],
  3: ['changed host key', 'command sshd'],
  4: ['revoked host key', 'command sshd'],
  5: ['only another type of key is known', 'command sshd'],
  6: ['hashed name', 'command sshd'],
  7: ['name with its port and bare name', 'command sshd'],
  8: ['wildcard and negation', 'command sshd'],
  9: ['lines that are none', 'command sshd'],
  10: ['known_hosts that is empty or cannot be read', 'command sshd'],
  11: ['known_hosts that is a folder or a FIFO', 'command sshd'],
  12: [
    'a verifier that does not answer yes or no',
    'fake-server',
    'a fault of our own code: no command can bring it about',
  ],
  13: ['a key that the server cannot prove to hold', 'command fake-server'],
  14: ['two nodes with one host key', 'command sshd fake-server'],
  15: ['a key that differs between two runs', 'command fake-server'],
  16: ['a key that changes during the run', 'command fake-server'],
  17: ['a host known by its certificate authority alone', 'command fake-server'],
  18: ['an RSA host key below 2048 bits', 'command fake-server'],
  19: ['another address on reconnect', 'command sshd fake-server'],
  20: ['nothing listens', 'command fake-server'],
  21: ['a SYN that is dropped', 'command fake-server'],
  22: ['a name that is not found', 'command'],
  23: ['a peer that is silent', 'command fake-server'],
  24: ['a flood before the greeting', 'command fake-server'],
  25: ['a server of another protocol', 'command fake-server'],
  26: ['a greeting that never ends', 'command fake-server'],
  27: ['SSH 1.5 and 1.99', 'command fake-server'],
  28: ['no algorithm in common', 'command sshd fake-server'],
  29: ['a server that sheds connections', 'command sshd fake-server'],
  30: ['an IPv6 address with a zone', 'command sshd'],
  31: ['a jump host that is down or forbids forwarding', 'command sshd fake-server'],
  32: [
    'the same node twice',
    'command',
    'the inventory as a whole is refused, so no node is entered',
  ],
  33: [
    'strange names of hosts',
    'command',
    'the inventory as a whole is refused, so no node is entered',
  ],
  34: ['500 nodes, some of them dead', 'command fake-server'],
  35: ['a network that went away', 'command fake-server'],
  36: ['no agent', 'command sshd agent'],
  37: ['a locked agent', 'command sshd agent'],
  38: ['an agent that refuses to sign', 'command sshd agent'],
  39: ['an agent that hangs', 'command sshd agent'],
  40: ['an agent with ten keys', 'command sshd agent'],
  41: ['security keys and certificates alone', 'command sshd agent'],
  42: ['a wrong passphrase', 'command sshd fake-server'],
  43: ['key files of all kinds', 'command sshd ssh-keygen'],
  44: ['a key file that is a FIFO or a gigabyte', 'command sshd ssh-keygen'],
  45: ['two factors', 'command fake-server'],
  46: ['prompts with escapes or a megabyte long', 'command fake-server'],
  47: ['partial success', 'command sshd'],
  48: ['a password that has expired', 'command sshd fake-server'],
  49: ['an account that is locked or shut', 'command wizard sshd'],
  50: ['Ctrl-C in a secret prompt', 'command wizard sshd', 'it stops the run for all nodes'],
  51: ['fish', 'command sshd shell'],
  52: ['tcsh', 'command sshd shell'],
  53: ['rbash', 'command sshd shell'],
  54: ['nologin', 'command sshd shell'],
  55: ['a forced command', 'command sshd'],
  56: ['a start-up file that prints', 'command sshd shell'],
  57: ['a start-up file that hangs or takes our input', 'command sshd shell'],
  58: ['BusyBox alone', 'command dropbear shell'],
  59: ['another locale', 'command sshd shell'],
  60: ['a PATH without /sbin', 'command sshd shell'],
  61: ['functions over ip and grep', 'command sshd shell'],
  62: ['no timeout, no ip -j, no ss', 'command dropbear shell'],
  63: ['a read-only root and a full disk', 'command sshd shell'],
  64: ['a shell that is killed', 'command sshd fake-server shell'],
  65: ['a login that takes its time', 'command sshd shell'],
  66: ['clocks that are wrong or jump', 'command sshd shell'],
  67: ['a node that reboots mid-probe', 'command sshd fake-server'],
  68: ['no final newline', 'command fake-server shell'],
  69: ['NUL and invalid UTF-8', 'command fake-server shell'],
  70: ['endless output', 'command fake-server sshd'],
  71: ['one line of 10 MB', 'command fake-server shell'],
  72: ['5 MB on standard error', 'command fake-server sshd'],
  73: ['a forged end', 'command fake-server shell'],
  74: ['frames split anywhere', 'command fake-server shell'],
  75: ['a missing end', 'command fake-server shell'],
  76: ['CR LF', 'command fake-server shell'],
  77: ['escapes in all that a node says', 'command fake-server'],
  78: ['numbers that are none', 'command fake-server parser'],
  79: [
    'hostile JSON',
    'command parser',
    'files of the operator: the command ends with 3 before any node is entered',
  ],
  80: ['strange names of interfaces', 'command fake-server parser'],
  81: ['lines that make parsers slow', 'parser', 'of parsers alone: they see no node and no exit'],
  82: ['a read of /proc that was cut', 'command fake-server parser'],
  83: ['a probe that hangs', 'command sshd shell'],
  84: ['three that hang', 'command sshd shell'],
  85: ['an abort by the operator', 'command sshd', 'it stops the run for all nodes'],
  86: [
    'SIGTERM, SIGHUP and a closed terminal',
    'command wizard sshd',
    'they stop the run for all nodes',
  ],
  87: ['a reader that goes away', 'command sshd', 'it is no fault of a node'],
  91: ['every way of sudo and doas, and a password seen nowhere', 'command sshd sudo doas'],
  92: ['a lecture of sudo', 'command sshd sudo'],
};

export const CASES: readonly FaultCase[] = Object.entries(ROWS).map(
  ([number, [title, against, without]]) => ({
    number: Number(number),
    title,
    against: against.split(' ').map((word) => word.replace('-server', ' server') as Against),
    ...(without === undefined ? {} : { without }),
  }),
);
