import { localUser } from './local-user.js';
import { listMatches } from './patterns.js';
import type { Directive } from './read-files.js';
import type { Asked, HostConfig } from './values.js';

/** What is understood without `ssh`; every other directive is listed as ignored. */
const KNOWN: ReadonlySet<string> = new Set([
  'hostname',
  'user',
  'port',
  'identityfile',
  'identitiesonly',
  'identityagent',
  'hostkeyalias',
  'userknownhostsfile',
  'globalknownhostsfile',
  'stricthostkeychecking',
  'hashknownhosts',
  'proxyjump',
  'proxycommand',
  'addressfamily',
  'connecttimeout',
  'serveraliveinterval',
  'serveralivecountmax',
  'kexalgorithms',
  'ciphers',
  'macs',
  'hostkeyalgorithms',
  'certificatefile',
  'pkcs11provider',
  'revokedhostkeys',
  'knownhostscommand',
  'verifyhostkeydns',
  'preferredauthentications',
]);
/** They change nothing of what an audit does. */
const HARMLESS: ReadonlySet<string> = new Set([
  'sendenv',
  'setenv',
  'controlmaster',
  'controlpath',
  'controlpersist',
  'forwardagent',
  'forwardx11',
  'forwardx11trusted',
  'gssapiauthentication',
  'loglevel',
  'visualhostkey',
  'updatehostkeys',
  'addkeystoagent',
  'compression',
  'tcpkeepalive',
  'escapechar',
  'requesttty',
  'ignoreunknown',
  'batchmode',
  'checkhostip',
]);
const SEVERAL: ReadonlySet<string> = new Set(['identityfile', 'certificatefile']);
/** Their whole line is the value. */
const WHOLE: ReadonlySet<string> = new Set(['proxycommand', 'userknownhostsfile']);

const placeOf = ({ keyword, file, line }: Directive): string =>
  `${keyword} (${file}:${String(line)})`;

/** Whether a `Match` line holds; null when it asks for something that only `ssh` can answer. */
function matchHolds(
  args: readonly string[],
  asked: Asked,
  values: ReadonlyMap<string, readonly string[]>,
): boolean | null {
  const tests: Readonly<Record<string, string>> = {
    host: hostNameOf(values, asked),
    originalhost: asked.host,
    user: asked.user ?? values.get('user')?.[0] ?? localUser().username,
    localuser: localUser().username,
  };
  for (let index = 0; index < args.length; index += 1) {
    const word = (args[index] ?? '').toLowerCase();
    const criterion = word.replace(/^!/, '');
    if (criterion === 'all') continue;
    const text = tests[criterion];
    if (text === undefined) return null;
    index += 1;
    // Host names have no case (match_hostname_list); the other names have.
    const fold = (word: string): string => (criterion.endsWith('host') ? word.toLowerCase() : word);
    const holds = listMatches(fold(args[index] ?? '').split(','), fold(text));
    if (holds === word.startsWith('!')) return false;
  }
  return true;
}

/**
 * Reads a configuration without `ssh`: Host, Match by host and user, first value wins. Names what it did not honour, so
 * that nobody takes half a configuration for a whole one.
 */
export function evaluate(directives: readonly Directive[], asked: Asked): HostConfig {
  const state: State = { values: new Map(), ignored: [], active: true };
  for (const directive of directives) take(state, directive, asked);
  const { values, ignored } = state;
  return { values: new Map([...values, ['hostname', [hostNameOf(values, asked)]]]), ignored };
}

/** Where `ssh` would go: HostName with the name as asked in it, in lower case. */
const hostNameOf = (values: ReadonlyMap<string, readonly string[]>, { host }: Asked): string =>
  (values.get('hostname')?.[0]?.replaceAll('%h', host) ?? host).toLowerCase();

type State = {
  readonly values: Map<string, string[]>;
  readonly ignored: string[];
  active: boolean;
};

function take(state: State, directive: Directive, asked: Asked): void {
  const { keyword, args } = directive;
  if (keyword === 'host') state.active = listMatches(args, asked.host);
  else if (keyword === 'match') {
    const holds = matchHolds(args, asked, state.values);
    if (holds === null) state.ignored.push(placeOf(directive));
    state.active = holds === true;
  } else if (!state.active) return;
  else if (KNOWN.has(keyword)) keep(state.values, directive);
  else if (!HARMLESS.has(keyword)) state.ignored.push(placeOf(directive));
}

/** The first value counts; identities add up. */
function keep(values: Map<string, string[]>, { keyword, args }: Directive): void {
  const value = WHOLE.has(keyword) ? args.join(' ') : (args[0] ?? '');
  const known = values.get(keyword);
  if (known === undefined) values.set(keyword, [value]);
  else if (SEVERAL.has(keyword)) known.push(value);
}
