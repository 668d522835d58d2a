import type { InventoryNode } from '../domain/inventory.js';
import type { Reach } from '../report/fix-line.js';
import { parseNodeArgument } from './files/node-argument.js';
import { DEFAULT_TIMEOUT, type CommonOptions } from './options.js';

type Access = Pick<
  CommonOptions,
  | 'inventory'
  | 'intent'
  | 'rules'
  | 'transport'
  | 'become'
  | 'becomeShell'
  | 'timeout'
  | 'identity'
  | 'config'
  | 'knownHosts'
  | 'hostKey'
>;

/** Passwords come through descriptors that the next command would not have; it asks for them. */
function accessWords(options: Access): readonly string[] {
  const files = [
    ['--intent', options.intent],
    ['--rules', options.rules],
    ['--config', options.config],
    ['--known-hosts', options.knownHosts],
    ['--transport', options.transport],
  ] as const;
  return [
    ...files.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
    ...options.identity.flatMap((file) => ['--identity', file]),
    ...(options.become === 'auto' ? [] : ['--become', options.become]),
    ...(options.becomeShell === true ? ['--become-shell'] : []),
    ...(options.timeout === DEFAULT_TIMEOUT ? [] : ['--timeout', String(options.timeout)]),
    ...(options.hostKey === 'ask' ? [] : ['--host-key', options.hostKey]),
  ];
}

/** What reaches the nodes of this run again: `typed` are its arguments, `nodes` what became of them. */
export function reachOf(
  typed: readonly string[],
  nodes: readonly InventoryNode[],
  options: Access,
): Reach {
  const known = new Set(nodes.map(({ name }) => name));
  const typedAs = new Map(
    typed.map((word) => [
      known.has(word) ? word : parseNodeArgument(word, () => 'node').name,
      word,
    ]),
  );
  return {
    argument: (name) => typedAs.get(name) ?? name,
    whole: typed.length === 0,
    flags: accessWords(options),
    ...(options.inventory === undefined ? {} : { inventory: options.inventory }),
  };
}
