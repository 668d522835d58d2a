import { connectError } from '../ssh/errors.js';
import type { Target } from '../ssh/options.js';
import type { OpenSshOptions } from './options.js';

const DEFAULT_CONNECT_MS = 15_000;
const DEFAULT_KEEPALIVE = { intervalMs: 10_000, count: 3 };

/** The files of one connection in its private folder. */
export const filesIn = (folder: string) =>
  ({
    control: `${folder}/c`,
    log: `${folder}/log`,
    /** What the programme for ProxyCommand says. */
    proxyLog: `${folder}/proxy`,
    /** Host keys that the server showed. */
    keys: `${folder}/keys`,
    /** The key that the operator accepted in this session, if any. */
    pinned: `${folder}/pinned`,
    /** The only file of known hosts that ssh may write to; nobody reads it afterwards but us. */
    fresh: `${folder}/fresh`,
    keyScript: `${folder}/keys.sh`,
    askpass: `${folder}/ask`,
  }) as const;

/** A shared connection to a jump host. */
export type Through = {
  /** Its control socket. */
  readonly control: string;
  /** `jump host HOST:PORT`, for messages. */
  readonly where: string;
};

export type Way = {
  readonly target: Target;
  readonly folder: string;
  /** The jump host's connection; null: none. */
  readonly through: Through | null;
  /** Whether ssh asks us for host keys: 8.5 and newer, and not when the configuration names a program of its own. */
  readonly keyCommand: boolean;
  /** Of ssh: 902 is 9.2. */
  readonly version: number;
};

/** The name that ssh_config speaks of. */
export const nameOf = ({ asked, host }: Target): string => asked ?? host;

const whole = (ms: number): string => String(Math.max(1, Math.round(ms / 1000)));
const set = (options: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);

/**
 * The words of the shared connection of one node or hop. What stands here wins over the configuration, for ssh takes the
 * first value it meets. Throws ConnectError for a path that cannot be written into an option.
 */
export function masterWords(options: OpenSshOptions, route: Way): readonly string[] {
  const { target, folder } = route;
  const files = filesIn(folder);
  const { intervalMs, count } = options.keepalive ?? DEFAULT_KEEPALIVE;
  return [
    ...['-M', '-N', '-T', '-S', files.control, '-E', files.log],
    ...(options.config === undefined ? [] : ['-F', options.config]),
    ...options.identities.flatMap((path) => ['-i', path]),
    ...set({
      // Where the facts of the connection stand; a banner goes elsewhere and cannot pass for one.
      LogLevel: 'DEBUG1',
      ControlPersist: 'no',
      ConnectTimeout: whole(options.connectTimeoutMs ?? DEFAULT_CONNECT_MS),
      ConnectionAttempts: '1',
      ServerAliveInterval: whole(intervalMs),
      ServerAliveCountMax: String(count),
      ...QUIET,
      ...(route.version >= 807 ? QUIET_SINCE_8_7 : {}),
      BatchMode: 'no',
      StrictHostKeyChecking: strictness(options, route),
      // ssh writes a new key down while the server has not yet proved to hold it (kexgen.c: kex_verify_host_key comes
      // before the signature is looked at). All files are therefore those that it never writes to.
      UserKnownHostsFile: quoted(files.fresh),
      GlobalKnownHostsFile: fileList([
        ...options.knownHostsFiles.user,
        ...options.knownHostsFiles.system,
      ]),
      ...(route.keyCommand
        ? { KnownHostsCommand: `/bin/sh ${quoted(files.keyScript)} %I %H %t %K` }
        : {}),
      ...wayOf(options, route),
    }),
    ...['-p', String(target.port), '-l', target.user, '--', nameOf(target)],
  ];
}

/** Where ssh asks us (KnownHostsCommand), we answer for a new key ourselves: then it never has to take one on trust. */
const strictness = ({ hostKeyPolicy }: OpenSshOptions, { keyCommand }: Way): string =>
  hostKeyPolicy === 'accept-new' && !keyCommand ? 'accept-new' : 'yes';

/** Nothing of ours is forwarded, started or written on the way, whatever the configuration says. */
const QUIET = {
  ForwardAgent: 'no',
  ForwardX11: 'no',
  ClearAllForwardings: 'yes',
  Tunnel: 'no',
  PermitLocalCommand: 'no',
  RemoteCommand: 'none',
  EscapeChar: 'none',
  UpdateHostKeys: 'no',
  AddKeysToAgent: 'no',
  VisualHostKey: 'no',
  NumberOfPasswordPrompts: '3',
} as const;

/** Words that older versions do not know; `-N` and /dev/null at its input have said the rest. */
const QUIET_SINCE_8_7 = { ForkAfterAuthentication: 'no', LogVerbose: 'none' } as const;

function wayOf(options: OpenSshOptions, route: Way): Readonly<Record<string, string>> {
  const { settings } = route.target;
  if (route.through === null) {
    return settings === undefined || settings.proxyCommand !== undefined
      ? {}
      : { ProxyJump: 'none' };
  }
  const words = [
    options.ssh,
    ...muxWords(route.through.control, filesIn(route.folder).proxyLog, 'ERROR'),
  ];
  const command = words.map(shellQuoted).join(' ').replaceAll('%', '%%');
  return { ProxyCommand: `${command} -W '[%h]:%p' -- jump-host`, ProxyUseFdpass: 'no' };
}

/**
 * A client of a shared connection. It reads no configuration, and it makes no connection of its own when the shared one is
 * gone: the programme for that is `false`.
 */
const muxWords = (control: string, log: string, level: string): readonly string[] => [
  ...['-F', '/dev/null', '-T', '-S', control, '-E', log],
  ...set({
    ControlMaster: 'no',
    ProxyCommand: 'false',
    BatchMode: 'yes',
    EscapeChar: 'none',
    LogLevel: level,
  }),
];

/** One command over the shared connection; its log tells an exit status of the command from one of ssh. */
export const runWords = (
  control: string,
  log: string,
  target: Target,
  command: string,
): readonly string[] => [...muxWords(control, log, 'DEBUG2'), '--', target.host, command];

export const exitWords = (control: string, target: Target): readonly string[] => [
  ...['-F', '/dev/null', '-S', control, '-O', 'exit', '--', target.host],
];

const shellQuoted = (word: string): string =>
  /^[\w./=:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A path in an option that takes tokens. */
const quoted = (path: string): string => plain(path).replaceAll('%', '%%');

/** A path in an option that takes none, as GlobalKnownHostsFile (ssh_config(5), TOKENS). */
function plain(path: string): string {
  if (/["\\\n\r]|\$\{/.test(path)) {
    throw connectError(
      'no-login',
      'a path for known hosts holds characters that ssh cannot take',
      'Give the file another name, without quotes, backslashes and ${.',
    );
  }
  return `"${path}"`;
}

const fileList = (paths: readonly string[]): string =>
  paths.length === 0 ? '/dev/null' : paths.map(plain).join(' ');
