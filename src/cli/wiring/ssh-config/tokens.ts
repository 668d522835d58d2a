import { hostname } from 'node:os';
import { homeFolder, localUser } from './local-user.js';

/** What the tokens of ssh_config(5), TOKENS, stand for in one connection. */
export type TokenContext = {
  /** After HostName. */
  readonly host: string;
  /** As it was asked for. */
  readonly asked: string;
  readonly port: number;
  readonly user: string;
  /** HostKeyAlias, else the name as asked. */
  readonly alias: string;
  /** The ProxyJump, or empty. */
  readonly jump: string;
};

const VALUES: Readonly<Record<string, (context: TokenContext) => string>> = {
  '%': () => '%',
  d: homeFolder,
  h: ({ host }) => host,
  i: () => String(process.getuid?.() ?? 0),
  j: ({ jump }) => jump,
  k: ({ alias }) => alias,
  L: () => hostname().split('.')[0] ?? '',
  l: hostname,
  n: ({ asked }) => asked,
  p: ({ port }) => String(port),
  r: ({ user }) => user,
  u: () => localUser().username,
};

/** Replaces the tokens; one that is not known stays as it is. */
export const expandTokens = (text: string, context: TokenContext): string =>
  text.replace(/%([%a-zA-Z])/g, (whole, letter: string) => VALUES[letter]?.(context) ?? whole);

/** `${NAME}` of the environment; undefined when a variable is not set, for which ssh refuses to start. */
export function expandEnvironment(text: string): string | undefined {
  const names = [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
  if (names.some((name) => process.env[name] === undefined)) return undefined;
  return text.replace(VARIABLE, (_, name: string) => process.env[name] ?? '');
}

const VARIABLE = /\$\{([A-Za-z_]\w{0,127})\}/g;
