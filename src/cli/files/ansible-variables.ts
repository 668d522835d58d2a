import { InputError } from '../../domain/errors.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { visibleLine } from '../../domain/visible.js';
import { isHop, isHost, isPort, isUser } from './node-argument.js';
import type { Place } from './placed.js';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** `-J a,b` and `-o ProxyJump=a,b` in ansible_ssh_common_args. */
function jumpOf(
  args: string | undefined,
  refuse: (what: string) => InputError,
): readonly string[] | undefined {
  const match = /(?:-J\s*|ProxyJump[= ]\s*)["']?([A-Za-z0-9_.:@,[\]%-]+)/.exec(args ?? '');
  const hops = match?.[1]?.split(',');
  if (hops?.every(isHop) === false) throw refuse('a jump host that cannot be one');
  return hops;
}

/**
 * A node from an Ansible host name and its variables. Variables that hold secrets (ansible_password …) are not read.
 * Throws InputError at `place` for a host, user or port that cannot be one.
 */
export function nodeFromVariables(
  name: string,
  variables: Readonly<Record<string, unknown>>,
  place: Place,
): InventoryNode {
  const get = (key: string): string | undefined =>
    text(variables[`ansible_${key}`]) ?? text(variables[`ansible_ssh_${key}`]);
  const refuse = (what: string): InputError =>
    new InputError(
      `${place()}: "${visibleLine(name, 60)}" has ${what}.`,
      'Mend the inventory and try again.',
    );
  const host = get('host') ?? name;
  const user = get('user');
  const portText = get('port');
  if (!isHost(name) || !isHost(host))
    throw refuse('a host name with characters that no host name has');
  if (user !== undefined && !isUser(user))
    throw refuse('a user name with characters that no user name has');
  if (portText !== undefined && !isPort(Number(portText)))
    throw refuse('a port outside 1 to 65535');
  const jump = jumpOf(text(variables['ansible_ssh_common_args']), refuse);
  return {
    name,
    host,
    roles: [],
    ...(user === undefined ? {} : { user }),
    ...(portText === undefined ? {} : { port: Number(portText) }),
    ...(jump === undefined ? {} : { jump }),
  };
}
