import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ConnectError } from '../../domain/errors.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { reason } from '../../domain/reason.js';
import { visibleLine } from '../../domain/visible.js';
import type { Route, Target } from '../../transport/ssh/options.js';

const run = promisify(execFile);

/** `ssh -G` may run the `Match exec` commands of the user's own configuration; they get this long. */
const LIMIT_MS = 5_000;

/** First value by lower-case keyword, as `ssh -G` prints them. */
export function parseSshG(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(' ');
    const key = line.slice(0, at).toLowerCase();
    if (at > 0 && !values.has(key)) values.set(key, line.slice(at + 1).trim());
  }
  return values;
}

async function ask(host: string, config: string | undefined): Promise<ReadonlyMap<string, string>> {
  const file = config === undefined ? [] : ['-F', config];
  try {
    const { stdout } = await run('ssh', ['-G', ...file, '--', host], {
      timeout: LIMIT_MS,
      maxBuffer: 1_048_576,
    });
    return parseSshG(stdout);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return new Map();
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw new ConnectError(
      reason(
        'no-route',
        `ssh -G refuses ${visibleLine(host, 80)}: ${visibleLine(said.trim(), 200)}`,
      ),
      'Mend the SSH configuration, or name another with --config FILE.',
    );
  }
}

function target(
  values: ReadonlyMap<string, string>,
  given: { host: string; port?: number; user?: string },
  defaultUser: string,
): Target {
  return {
    host: values.get('hostname') ?? given.host,
    port: given.port ?? Number(values.get('port') ?? 22),
    user: given.user ?? values.get('user') ?? defaultUser,
  };
}

function parseHop(text: string): { host: string; port?: number; user?: string } {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  return {
    host: match?.[2] ?? match?.[3] ?? text,
    ...(match?.[1] === undefined ? {} : { user: match[1] }),
    ...(match?.[4] === undefined ? {} : { port: Number(match[4]) }),
  };
}

/**
 * Resolves nodes as the user's own `ssh` would: host name, port, user and jump hosts of ssh_config. What the inventory
 * says wins. Undefined when there is no configuration to read, so that no process is started for nothing.
 */
export async function sshConfigResolver(
  config: string | undefined,
  home: string,
  defaultUser: string,
): Promise<((node: InventoryNode) => Promise<Route>) | undefined> {
  const files = config === undefined ? [`${home}/.ssh/config`] : [config];
  const readable = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (!readable.includes(true)) return undefined;
  const one = async (given: { host: string; port?: number; user?: string }) => {
    const values = await ask(given.host, config);
    return { values, ...target(values, given, defaultUser) };
  };
  return async (node) => {
    const own = await one(node);
    const proxy = own.values.get('proxyjump') ?? 'none';
    const hops = node.jump ?? (proxy === 'none' ? [] : proxy.split(','));
    const jump = await Promise.all(
      hops.map(async (hop) => {
        const { host, port, user } = await one(parseHop(hop));
        return { host, port, user };
      }),
    );
    return { host: own.host, port: own.port, user: own.user, jump };
  };
}
