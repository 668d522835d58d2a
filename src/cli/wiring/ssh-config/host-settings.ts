import { join } from 'node:path';
import type { HostSettings, KnownHostsFiles } from '../../../transport/ssh/options.js';
import { absolutePath } from '../access-files.js';
import { homeFolder, localUser } from './local-user.js';
import { expandEnvironment, expandTokens, type TokenContext } from './tokens.js';
import { firstOf, setOf, type ConfigValues, type HostConfig } from './values.js';

/** What the command line said, which wins over the configuration as in `ssh`. */
export type GivenAccess = {
  /** `--known-hosts`: it replaces the configured files for every hop. */
  readonly knownHosts: boolean;
  /** `--host-key` other than its default. */
  readonly hostKey: boolean;
};

const pathOf = (text: string, context: TokenContext): string | undefined => {
  const open = expandEnvironment(expandTokens(text, context));
  return open === undefined ? undefined : ownHome(absolutePath(open));
};

/** `ssh` takes `~` from the password file, whatever HOME says; here HOME is the home folder, in every path. */
function ownHome(path: string): string {
  const theirs = `${localUser().homedir}/`;
  return path.startsWith(theirs) ? join(homeFolder(), path.slice(theirs.length)) : path;
}

const seconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;

// `ssh -G` prints paths without quotes; all of them are absolute or begin with ~ by then.
const pathsOf = (text: string): readonly string[] =>
  text.split(/ (?=[/~])/).filter((path) => path !== '' && path !== 'none');

function knownHostsOf(values: ConfigValues, context: TokenContext): KnownHostsFiles | undefined {
  const user = firstOf(values, 'userknownhostsfile');
  const system = firstOf(values, 'globalknownhostsfile');
  if (user === undefined && system === undefined) return undefined;
  const open = (text: string | undefined, otherwise: readonly string[]): readonly string[] =>
    text === undefined ? otherwise : pathsOf(text).flatMap((path) => pathOf(path, context) ?? []);
  const files = open(user, ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'].map(absolutePath));
  return {
    user: files,
    system: open(system, ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
    write: files[0] ?? null,
    hashNew: setOf(values, 'hashknownhosts') !== undefined,
  };
}

/** StrictHostKeyChecking: `no` and `off` are not honoured, for then any host could stand in for the node. */
function policyOf(values: ConfigValues): HostSettings['hostKeyPolicy'] {
  const word = firstOf(values, 'stricthostkeychecking')?.toLowerCase();
  if (word === 'yes' || word === 'true') return 'strict';
  return word === 'accept-new' ? 'accept-new' : undefined;
}

function agentOf(values: ConfigValues, context: TokenContext): string | null | undefined {
  const text = firstOf(values, 'identityagent');
  if (text === undefined || text === 'SSH_AUTH_SOCK') return undefined;
  if (text === 'none') return null;
  if (text.startsWith('$') && !text.startsWith('${')) return process.env[text.slice(1)] ?? null;
  return pathOf(text, context) ?? null;
}

const listOf = (values: ConfigValues, keyword: string): readonly string[] | undefined =>
  firstOf(values, keyword)?.split(',');

/** What only the user's own `ssh` can do. */
function needsOpenSsh(values: ConfigValues): readonly string[] {
  const methods = listOf(values, 'preferredauthentications') ?? [];
  const ours = ['publickey', 'keyboard-interactive', 'password'];
  return [
    ...((values.get('certificatefile') ?? []).length > 0
      ? ['a user certificate (CertificateFile)']
      : []),
    ...(setOf(values, 'pkcs11provider') === undefined ? [] : ['a security token (PKCS11Provider)']),
    ...(setOf(values, 'revokedhostkeys') === undefined
      ? []
      : ['a list of revoked keys (RevokedHostKeys)']),
    ...(setOf(values, 'knownhostscommand') === undefined
      ? []
      : ['host keys from a program (KnownHostsCommand)']),
    ...(setOf(values, 'verifyhostkeydns') === undefined
      ? []
      : ['host keys from DNS (VerifyHostKeyDNS)']),
    ...(methods.length > 0 && !methods.some((method) => ours.includes(method))
      ? [`logging in by ${methods.join(', ')} alone (PreferredAuthentications)`]
      : []),
  ];
}

/** Directives that a person would miss, of those that `ssh -G` prints. */
function ignoredOf({ values, ignored }: HostConfig): readonly string[] {
  const strict = firstOf(values, 'stricthostkeychecking')?.toLowerCase();
  return [
    ...ignored,
    ...(strict === 'no' || strict === 'off' || strict === 'false'
      ? ['StrictHostKeyChecking no']
      : []),
    ...(setOf(values, 'bindaddress') === undefined ? [] : ['BindAddress']),
    ...(setOf(values, 'bindinterface') === undefined ? [] : ['BindInterface']),
  ];
}

function keepaliveOf(values: ConfigValues): HostSettings['keepalive'] {
  const interval = seconds(firstOf(values, 'serveraliveinterval'));
  if (interval === undefined) return undefined;
  const count = seconds(firstOf(values, 'serveralivecountmax')) ?? 3;
  return { intervalMs: interval * 1000, count };
}

function algorithmsOf(values: ConfigValues): HostSettings['algorithms'] {
  const lists = {
    kex: listOf(values, 'kexalgorithms'),
    cipher: listOf(values, 'ciphers'),
    mac: listOf(values, 'macs'),
    hostKey: listOf(values, 'hostkeyalgorithms'),
  };
  // Lists that add to or take from the defaults are only known when `ssh` has worked them out.
  const whole = Object.entries(lists).filter(
    (entry): entry is [string, string[]] =>
      entry[1] !== undefined && !/^[+^-]/.test(entry[1][0] ?? ''),
  );
  return whole.length === 0 ? undefined : Object.fromEntries(whole);
}

const familyOf = (values: ConfigValues): HostSettings['addressFamily'] =>
  (['any', 'inet', 'inet6'] as const).find((word) => word === firstOf(values, 'addressfamily'));

/** Leaves out what was not said. */
const present = <T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as never;

/** Everything but the place of a host, for the transport. */
export function hostSettings(
  config: HostConfig,
  context: TokenContext,
  given: GivenAccess,
): HostSettings {
  const { values } = config;
  const identities = (values.get('identityfile') ?? []).flatMap(
    (path) => pathOf(path, context) ?? [],
  );
  const proxy = setOf(values, 'proxycommand');
  const timeout = seconds(firstOf(values, 'connecttimeout'));
  const needs = needsOpenSsh(values);
  const ignored = ignoredOf(config);
  return present({
    hostKeyAlias: setOf(values, 'hostkeyalias'),
    knownHostsFiles: given.knownHosts ? undefined : knownHostsOf(values, context),
    hostKeyPolicy: given.hostKey ? undefined : policyOf(values),
    identityFiles: identities.length === 0 ? undefined : identities,
    identitiesOnly: setOf(values, 'identitiesonly') === undefined ? undefined : true,
    agentSocket: agentOf(values, context),
    proxyCommand: proxy === undefined ? undefined : expandTokens(proxy, context),
    addressFamily: familyOf(values),
    connectTimeoutMs: timeout === undefined ? undefined : timeout * 1000,
    keepalive: keepaliveOf(values),
    algorithms: algorithmsOf(values),
    needsOpenSsh: needs.length === 0 ? undefined : needs,
    ignored: ignored.length === 0 ? undefined : ignored,
  });
}
