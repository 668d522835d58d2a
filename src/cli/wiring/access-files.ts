import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, relative, resolve } from 'node:path';
import { InputError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';
import type { CommonOptions } from '../options.js';
import { homeFolder } from './ssh-config/local-user.js';

/** The private keys that OpenSSH tries by itself (ssh_config(5), IdentityFile), without those it needs hardware for. */
export const DEFAULT_KEYS: readonly string[] = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** `~/` at the front is the home folder, as a shell would have it. */
export const expandHome = (path: string): string =>
  path.startsWith('~/') ? join(homeFolder(), path.slice(2)) : path;

/** A path as the operator wrote it, from this folder or, with `~/`, from the home folder. */
export const absolutePath = (path: string): string =>
  isAbsolute(path) ? path : resolve(expandHome(path));

/** The shortest way to write an absolute path that `absolutePath` reads as the same one here. */
export function shortPath(path: string): string {
  const home = homeFolder();
  const ways = [relative('.', path), `~/${relative(home, path)}`, path];
  const same = ways.filter((way) => !way.includes('..') && absolutePath(way) === path);
  return same.reduce((best, way) => (way.length < best.length ? way : best), path);
}

/** Throws InputError for a way to become root beside the word not to. */
function checkBecome(
  options: Partial<Pick<CommonOptions, 'become' | 'becomeShell' | 'becomePasswordFd'>>,
): void {
  if (options.become !== 'none') return;
  const asRoot = options.becomeShell === true ? '--become-shell' : '--become-password-fd';
  if (options.becomeShell === true || options.becomePasswordFd !== undefined)
    throw new InputError(`--become none and ${asRoot} exclude each other.`, 'Choose one of them.');
}

function mustBeReadable(path: string, what: string): void {
  try {
    accessSync(absolutePath(path), constants.R_OK);
  } catch {
    const why = existsSync(absolutePath(path)) ? 'permission denied' : 'there is no such file';
    throw new InputError(
      `The ${what} ${visibleLine(path)} cannot be read: ${why}.`,
      'Check the path and its permissions.',
    );
  }
  if (statSync(absolutePath(path)).isDirectory())
    throw new InputError(`The ${what} ${visibleLine(path)} is a directory.`, 'Name a file.');
}

/**
 * Refuses files for SSH that were named and are not there: without them every node would look as if it had refused the
 * login. A public half alone is enough, the agent may hold the private one. Throws InputError.
 */
export function checkAccessFiles(
  options: Pick<CommonOptions, 'identity' | 'config' | 'knownHosts' | 'transport'> &
    Partial<Pick<CommonOptions, 'become' | 'becomeShell' | 'becomePasswordFd'>>,
): void {
  checkTransport(options);
  checkBecome(options);
  for (const path of options.identity) {
    if (!existsSync(`${absolutePath(path)}.pub`)) mustBeReadable(path, 'key file');
  }
  if (options.config !== undefined) mustBeReadable(options.config, 'SSH configuration');
  const { knownHosts } = options;
  const isOdd = (path: string): boolean =>
    statSync(absolutePath(path), { throwIfNoEntry: false })?.isFile() === false;
  if (knownHosts !== undefined && isThere(knownHosts) && isOdd(knownHosts)) {
    throw new InputError(
      `${visibleLine(knownHosts)} is not a known_hosts file.`,
      'Name a plain file, or one that is to be made, with --known-hosts.',
    );
  }
}

/** False too for a path that leads nowhere, such as a loop of links: reading it says why. */
const isThere = (path: string): boolean => existsSync(absolutePath(path));

/** Throws InputError when ssh is asked for and there is none. */
export function checkTransport({ transport }: Pick<CommonOptions, 'transport'>): void {
  if (transport === 'openssh' && findProgram('ssh') === null) throw noSsh();
}

/** The absolute path of a program on PATH, or null. */
export function findProgram(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    try {
      const path = join(folder, name);
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return null;
}

export const noSsh = (): InputError =>
  new InputError(
    '--transport openssh needs the OpenSSH client, and there is no ssh on PATH.',
    'Install it on this machine, or leave the flag out.',
  );
