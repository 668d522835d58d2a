import { InputError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';
import { nodeFromVariables } from './ansible-variables.js';
import type { Placed } from './placed.js';
import { ROLE_OF_GROUP, withRoles } from './role-of-group.js';

type HostLine = {
  readonly variables: Readonly<Record<string, string>>;
  readonly place: string;
  readonly groups: string[];
};
type Ini = {
  readonly hosts: Map<string, HostLine>;
  readonly groupVars: Map<string, Record<string, string>>;
  readonly children: Map<string, string[]>;
};

/** Most hosts that one pattern such as node[001:120] may name. */
const MOST_IN_RANGE = 1000;

/** Reads Ansible's INI inventory: groups, `:vars`, `:children`, host variables and ranges. */
export function parseAnsibleIni(text: string, name: string): readonly Placed[] {
  const ini = readLines(text, name);
  return [...ini.hosts.entries()].map(([host, line]) => {
    const groups = withAncestors(ini, line.groups);
    const place = (): string => line.place;
    const vars = Object.assign(
      {},
      ini.groupVars.get('all'),
      ...groups.map((group) => ini.groupVars.get(group) ?? {}),
    ) as Record<string, string>;
    const node = nodeFromVariables(host, { ...vars, ...line.variables }, place);
    return {
      node: withRoles(
        node,
        groups.map((group) => ROLE_OF_GROUP[group]),
      ),
      place,
    };
  });
}

function readLines(text: string, name: string): Ini {
  const ini: Ini = { hosts: new Map(), groupVars: new Map(), children: new Map() };
  let section = 'ungrouped';
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.replace(/(?:^|\s)[#;].*$/, '').trim();
    if (line === '') return;
    const place = `${visibleLine(name)}:${String(index + 1)}:${String(raw.length - raw.trimStart().length + 1)}`;
    if (line.startsWith('[')) section = sectionName(line, place);
    else readEntry(ini, section, line, place);
  });
  return ini;
}

function sectionName(line: string, place: string): string {
  const match = /^\[([A-Za-z0-9_.-]{1,100}(?::(?:vars|children|hosts))?)\]$/.exec(line);
  if (match?.[1] === undefined) {
    throw new InputError(
      `${place}: "${visibleLine(line, 60)}" is not a group.`,
      'Expected [name], [name:vars] or [name:children].',
    );
  }
  return match[1].replace(/:hosts$/, '');
}

function readEntry(ini: Ini, section: string, line: string, place: string): void {
  const [group = '', kind] = section.split(':');
  if (kind === 'children') ini.children.set(line, [...(ini.children.get(line) ?? []), group]);
  else if (kind === 'vars') readVariable(ini, group, line, place);
  else readHosts(ini, group, line, place);
}

function readVariable(ini: Ini, group: string, line: string, place: string): void {
  const [key, value] = assignment(line, place);
  ini.groupVars.set(group, { ...ini.groupVars.get(group), [key]: value });
}

function readHosts(ini: Ini, group: string, line: string, place: string): void {
  const [pattern = '', ...assignments] = words(line);
  const variables = Object.fromEntries(assignments.map((word) => assignment(word, place)));
  for (const host of expand(pattern, place)) {
    const before = ini.hosts.get(host) ?? { variables: {}, place, groups: [] };
    ini.hosts.set(host, {
      variables: { ...before.variables, ...variables },
      place: before.place,
      groups: [...before.groups, group],
    });
  }
}

function assignment(text: string, place: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new InputError(
      `${place}: "${visibleLine(text, 60)}" is not a variable.`,
      'Expected name=value.',
    );
  }
  return [text.slice(0, at).trim(), unquote(text.slice(at + 1).trim())];
}

const words = (line: string): string[] => line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
const unquote = (value: string): string => value.replace(/^(["'])(.*)\1$/s, '$2');

/** `node[01:03]` is node01, node02, node03. */
function expand(pattern: string, place: string): readonly string[] {
  const match = /^([^[\]]*)\[(\d{1,6}):(\d{1,6})\]([^[\]]*)$/.exec(pattern);
  if (match === null) return [pattern];
  const [, before = '', first = '', last = '', after = ''] = match;
  const count = Number(last) - Number(first) + 1;
  if (count < 1 || count > MOST_IN_RANGE) {
    throw new InputError(
      `${place}: the range in "${visibleLine(pattern, 60)}" is empty or too long.`,
      `Name 1 to ${String(MOST_IN_RANGE)} hosts.`,
    );
  }
  return Array.from(
    { length: count },
    (_, index) => `${before}${String(Number(first) + index).padStart(first.length, '0')}${after}`,
  );
}

function withAncestors(ini: Ini, groups: readonly string[]): readonly string[] {
  const all = new Set<string>();
  const visit = (group: string): void => {
    if (all.has(group)) return;
    all.add(group);
    ini.children.get(group)?.forEach(visit);
  };
  groups.forEach(visit);
  // Ancestors first, so that the closer group's variables win.
  return [...all].reverse();
}
