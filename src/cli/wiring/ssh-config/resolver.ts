import { join } from 'node:path';
import { ConnectError } from '../../../domain/errors.js';
import { readHop } from '../../../domain/hop.js';
import type { InventoryNode } from '../../../domain/inventory.js';
import { reason } from '../../../domain/reason.js';
import { visibleLine } from '../../../domain/visible.js';
import type { Route, Target } from '../../../transport/ssh/options.js';
import { askSsh, type SshQuestion } from './ask-ssh.js';
import { evaluate } from './evaluate.js';
import { hostSettings, type GivenAccess } from './host-settings.js';
import { localUser } from './local-user.js';
import { readDirectives, type Directive } from './read-files.js';
import type { TokenContext } from './tokens.js';
import { firstOf, setOf, type Asked, type HostConfig } from './values.js';

export type ResolverOptions = SshQuestion & {
  readonly home: string;
  /** For hosts whose configuration names no user. */
  readonly defaultUser: string;
  readonly given: GivenAccess;
};

export type Resolver = (node: InventoryNode) => Promise<Route>;

/** A chain of jump hosts that is longer goes round in a circle. */
const MOST_HOPS = 8;

/**
 * Resolves nodes as the user's own `ssh` would, with `ssh -G`, or without `ssh` by reading the files. What the inventory
 * says wins. Undefined when no file says anything, so that no process is started for nothing.
 */
export async function sshConfigResolver(options: ResolverOptions): Promise<Resolver | undefined> {
  const files =
    options.config === undefined
      ? [join(options.home, '.ssh', 'config'), '/etc/ssh/ssh_config']
      : [options.config];
  const directives = (await Promise.all(files.map((file) => readDirectives(file)))).flat();
  if (directives.length === 0) return undefined;
  const ask = isSameForAll(directives)
    ? askOnce(options, directives)
    : (asked: Asked) => askOf(options, directives, asked);
  return async (node) => {
    const end = await targetOf(options, ask, node);
    const hops = node.jump ?? end.jump;
    const jump = await hopsOf(options, ask, hops, 0);
    return { ...end.target, jump };
  };
}

type AskConfig = (asked: Asked) => Promise<HostConfig>;

const askOf = async (
  options: ResolverOptions,
  directives: readonly Directive[],
  asked: Asked,
): Promise<HostConfig> => (await askSsh(asked, options)) ?? evaluate(directives, asked);

// What depends on the host by name or by token; without any of it one answer serves a whole fleet.
const BY_HOST = /^(?:match|hostname|canonical.*|user|port)$/;

const isSameForAll = (directives: readonly Directive[]): boolean =>
  directives.every(
    ({ keyword, args }) =>
      !BY_HOST.test(keyword) &&
      !args.some((word) => word.includes('%')) &&
      (keyword !== 'host' || (args.length === 1 && args[0] === '*')),
  );

function askOnce(options: ResolverOptions, directives: readonly Directive[]): AskConfig {
  let answer: Promise<HostConfig> | undefined;
  return () =>
    (answer ??= askOf(options, directives, { host: 'localhost' }).then(({ values, ignored }) => {
      const own = ['hostname', 'user', 'port'];
      return { values: new Map([...values].filter(([key]) => !own.includes(key))), ignored };
    }));
}

type Resolved = { readonly target: Target; readonly jump: readonly string[] };

async function targetOf(
  options: ResolverOptions,
  ask: AskConfig,
  { host: name, port, user }: Asked,
): Promise<Resolved> {
  const asked: Asked = {
    host: name,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
  };
  const config = await ask(asked);
  const place = {
    host: firstOf(config.values, 'hostname') ?? name,
    port: port ?? Number(firstOf(config.values, 'port') ?? 22),
    user: user ?? configuredUser(config) ?? options.defaultUser,
  };
  const jump = setOf(config.values, 'proxyjump');
  const context: TokenContext = {
    ...place,
    asked: name,
    alias: setOf(config.values, 'hostkeyalias') ?? name,
    jump: jump ?? '',
  };
  return {
    target: {
      ...place,
      ...alias(name, place.host),
      settings: hostSettings(config, context, options.given),
    },
    jump: jump?.split(',') ?? [],
  };
}

/** The name that ssh_config knows it by, where HostName says another. */
const alias = (asked: string, host: string): { readonly asked?: string } =>
  asked === host ? {} : { asked };

/** `ssh -G` names the local user where the configuration names none. */
function configuredUser({ values }: HostConfig): string | undefined {
  const said = firstOf(values, 'user');
  return said === localUser().username ? undefined : said;
}

/** Each hop by its own name; the first one may have jump hosts of its own, as `ssh -J` has it. */
async function hopsOf(
  options: ResolverOptions,
  ask: AskConfig,
  hops: readonly string[],
  depth: number,
): Promise<readonly Target[]> {
  if (depth + hops.length > MOST_HOPS) {
    throw new ConnectError(
      reason('no-route', `the jump hosts lead in a circle (${visibleLine(hops.join(', '), 120)})`),
      'Mend ProxyJump in the SSH configuration, or name the hops in the inventory.',
    );
  }
  const found = await Promise.all(hops.map((hop) => targetOf(options, ask, parseHop(hop))));
  const [first] = found;
  const before =
    first === undefined || first.target.settings?.proxyCommand !== undefined
      ? []
      : await hopsOf(options, ask, first.jump, depth + hops.length);
  return [...before, ...found.map(({ target }) => target)];
}

/** A hop as ProxyJump may have it, with `ssh://` in front of it and `/` behind its port. Throws ConnectError. */
function parseHop(text: string): Asked {
  const bare = text
    .trim()
    .replace(/^ssh:\/\//, '')
    .replace(/(:\d{1,5})\/$/, '$1');
  const hop = readHop(bare);
  if (hop !== null) return hop;
  throw new ConnectError(
    reason('no-route', `${visibleLine(text, 80)} is no jump host that can be connected to`),
    'Correct it in the inventory or the SSH configuration.',
  );
}
