import * as z from 'zod';
import { InputError } from '../../domain/errors.js';
import { ROLES, type InventoryNode } from '../../domain/inventory.js';
import { visibleLine } from '../../domain/visible.js';
import { nodeFromVariables } from './ansible-variables.js';
import { expectedOf } from './expected.js';
import type { Placed } from './placed.js';
import { isHop, isHost, isUser, parseNodeArgument } from './node-argument.js';
import { ROLE_OF_GROUP, withRoles } from './role-of-group.js';
import { parseYaml, type YamlDocument } from './yaml-document.js';

const NEXT = 'See the README for an example of an inventory.';

const hopError = { error: '[user@]host[:port] of a jump host' };
const hop = z.string().refine(isHop, hopError);
const hops = z.string().refine((text) => text.split(',').every(isHop), hopError);
const ourNode = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(255)
    .refine(isHost, { error: 'letters, digits, dots, dashes and underscores' }),
  host: z.string().refine(isHost, { error: 'a host name or an address' }).optional(),
  port: z.int().min(1).max(65535).optional(),
  user: z.string().refine(isUser, { error: 'a user name' }).optional(),
  jump: z.union([hops, z.array(hop).max(8)]).optional(),
  roles: z.array(z.enum(ROLES)).max(4).optional(),
});
const ours = z.strictObject({ nodes: z.array(z.union([z.string(), ourNode])) });

export function parseYamlInventory(text: string, name: string): readonly Placed[] {
  const document = parseYaml(text, name, 'inventory');
  const { value } = document;
  if (Array.isArray(value)) return ownNodes({ nodes: value as unknown[] }, document, []);
  if (typeof value !== 'object' || value === null) {
    throw new InputError(
      `${document.place([])}: this is not an inventory.`,
      'Expected `nodes:` with a list, or an Ansible inventory with `all:`.',
    );
  }
  return 'nodes' in value
    ? ownNodes(value, document, ['nodes'])
    : ansibleGroups(asGroup(value), document, [], new Map());
}

function ownNodes(
  value: object,
  document: YamlDocument,
  path: readonly PropertyKey[],
): readonly Placed[] {
  const parsed = ours.safeParse(value);
  if (!parsed.success) throw refusal(parsed.error.issues[0], document, path.length === 0 ? 1 : 0);
  return parsed.data.nodes.map((item, index) => {
    const place = (): string => document.place([...path, index]);
    return {
      node: typeof item === 'string' ? parseNodeArgument(item, place) : ownNode(item),
      place,
    };
  });
}

function ownNode({ name, host, port, user, jump, roles }: z.infer<typeof ourNode>): InventoryNode {
  return {
    name,
    host: host ?? name,
    roles: roles ?? [],
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(jump === undefined ? {} : { jump: typeof jump === 'string' ? jump.split(',') : jump }),
  };
}

// A union's own issue only says that no branch fits; the branch that got furthest says why.
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.flat().sort((a, b) => b.path.length - a.path.length)[0];
  return inner === undefined ? issue : deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

function refusal(
  first: z.core.$ZodIssue | undefined,
  document: YamlDocument,
  drop: number,
): InputError {
  if (first === undefined) return new InputError('The inventory is not valid.', NEXT);
  const issue = deepest(first);
  const unknown = issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : null;
  const path = [...issue.path, ...(unknown === null ? [] : [unknown])];
  if (unknown !== null) {
    return new InputError(
      `${document.placeOfKey(path.slice(drop))}: unknown key "${visibleLine(unknown, 60)}".`,
      'A node has name, host, port, user, jump and roles.',
    );
  }
  const at = document.place(path.slice(drop));
  return new InputError(
    `${at}: "${path.map(String).join('.')}" is not what it should be: expected ${expectedOf(issue)}.`,
    NEXT,
  );
}

type Group = Readonly<Record<string, unknown>>;
const asGroup = (value: unknown): Group =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Group) : {};

/** Ansible's YAML inventory: groups with hosts, vars and children. A host in two groups is one node with both roles. */
function ansibleGroups(
  groups: Group,
  document: YamlDocument,
  path: readonly string[],
  found: Map<string, Placed>,
  inherited: Group = {},
): readonly Placed[] {
  for (const [groupName, raw] of Object.entries(groups)) {
    const group = asGroup(raw);
    const vars = { ...inherited, ...asGroup(group['vars']) };
    for (const [host, hostVars] of Object.entries(asGroup(group['hosts']))) {
      const place = (): string => document.place([...path, groupName, 'hosts', host]);
      const node = nodeFromVariables(host, { ...vars, ...asGroup(hostVars) }, place);
      found.set(host, {
        node: withRoles(node, [ROLE_OF_GROUP[groupName], ...(found.get(host)?.node.roles ?? [])]),
        place,
      });
    }
    ansibleGroups(
      asGroup(group['children']),
      document,
      [...path, groupName, 'children'],
      found,
      vars,
    );
  }
  return [...found.values()];
}
