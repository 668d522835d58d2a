import { parseKeyFile, type KeyFile, type KeyFileEntry } from '../probes/support/keyfile.js';
import { joinSpecs, matchSpecs, splitSpecs, type Device } from './networkmanager-spec.js';

/** The merged configuration: groups in file order, one value a key. */
export type NmConfig = ReadonlyMap<string, ReadonlyMap<string, string>>;

export type ConfFile = { readonly path: string; readonly text: string };
/** Why the files do not tell what NetworkManager would use. */
export type Undecided = { readonly undecided: string };

export const UNMANAGED_KEY = 'unmanaged-devices';
const PREFIX = { device: 'device', connection: 'connection', internal: '.intern.' };

const isDeviceSpec = (group: string, key: string): boolean =>
  (group === 'keyfile' && key === UNMANAGED_KEY) ||
  (group === 'main' && ['no-auto-default', 'ignore-carrier', 'assume-ipv6ll-only'].includes(key)) ||
  ((group.startsWith(PREFIX.device) || group.startsWith(PREFIX.connection)) &&
    key === 'match-device');

/** Yes, no, or null for anything else (nm_utils_ascii_str_to_bool). */
function parseBoolean(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return true;
  return ['false', 'no', 'off', '0'].includes(word) ? false : null;
}

/** Within a file a section further up has priority, between files the later one: so a file's are turned round. */
function mergeOrder(file: KeyFile): readonly string[] {
  const names = [...file.keys()];
  const isConnection = (name: string): boolean => name.startsWith(PREFIX.connection);
  const isDevice = (name: string): boolean => name.startsWith(PREFIX.device);
  return [
    ...names.filter((name) => !isConnection(name) && !isDevice(name)),
    ...names.filter(isDevice).reverse(),
    ...names.filter(isConnection).reverse(),
  ];
}

function extended(old: string, value: string, sign: string): string {
  const before = splitSpecs(old);
  const change = splitSpecs(value);
  const added = change.filter((spec) => !before.includes(spec));
  return joinSpecs(
    sign === '+' ? [...before, ...added] : before.filter((spec) => !change.includes(spec)),
  );
}

function mergeEntry(group: string, into: Map<string, string>, { key, value }: KeyFileEntry): void {
  const sign = key.at(-1) ?? '';
  if (key.length > 1 && (sign === '+' || sign === '-')) {
    const base = key.slice(0, -1);
    // Any other key with a sign is dropped, as NetworkManager does (plugins+ and the like judge nothing here).
    if (isDeviceSpec(group, base)) into.set(base, extended(into.get(base) ?? '', value, sign));
  } else into.set(key, value);
}

function mergeFile(merged: Map<string, Map<string, string>>, file: KeyFile): void {
  for (const name of mergeOrder(file)) {
    const entries = file.get(name) ?? [];
    if (name === '.config' || name.startsWith(PREFIX.internal) || entries.length === 0) continue;
    const into = merged.get(name) ?? new Map<string, string>();
    merged.set(name, into);
    const last = new Map(entries.map(({ key, value }) => [key, value]));
    for (const { key } of entries) mergeEntry(name, into, { key, value: last.get(key) ?? '' });
  }
}

/** `[.config] enable` may switch a snippet off; a version or environment spec is not evaluated here. */
function enabled(file: KeyFile): boolean | null {
  const enable = file.get('.config')?.findLast(({ key }) => key === 'enable');
  return enable === undefined ? true : parseBoolean(enable.value);
}

/** Merges files in the order in which NetworkManager reads them; `base` names the main files, which are never off. */
export function mergeFiles(
  files: readonly ConfFile[],
  base: (path: string) => boolean,
): NmConfig | Undecided {
  const merged = new Map<string, Map<string, string>>();
  for (const { path, text } of files) {
    const file = parseKeyFile(text);
    if (file === null) return { undecided: `NetworkManager cannot read ${path}` };
    const on = base(path) ? true : enabled(file);
    if (on === null)
      return { undecided: `${path} is switched on by a condition ([.config] enable)` };
    if (on) mergeFile(merged, file);
  }
  return merged;
}

/** The text of `--print-config`; null when it is none. It prints device sections with the highest priority first. */
export function readPrinted(text: string): NmConfig | null {
  const file = parseKeyFile(text);
  if (file === null) return null;
  const groups = [...file].map(
    ([name, entries]) =>
      [name, new Map(entries.map(({ key, value }) => [key, value] as const))] as const,
  );
  return new Map(groups.reverse());
}

/** Sections `[device…]` in the order in which they are asked; `[device]` itself is asked last. */
export function deviceSections(config: NmConfig): readonly string[] {
  const names = [...config.keys()].filter((name) => name.startsWith(PREFIX.device));
  const own = names.filter((name) => name !== PREFIX.device).reverse();
  return names.includes(PREFIX.device) ? [...own, PREFIX.device] : own;
}

function managedBySection(config: NmConfig, device: Device): boolean {
  for (const name of deviceSections(config)) {
    const section = config.get(name);
    const managed = section?.get('managed');
    const stops = parseBoolean(section?.get('stop-match') ?? '') === true;
    if (managed === undefined && !stops) continue;
    const spec = section?.get('match-device');
    if (spec !== undefined && matchSpecs(splitSpecs(spec), device) !== 'match') continue;
    return managed === undefined ? true : (parseBoolean(managed) ?? true);
  }
  return true;
}

/** Whether this configuration keeps NetworkManager off a device: by the strict list, or by a `[device]` section. */
export function leavesAlone(config: NmConfig): (device: Device) => boolean {
  const list = splitSpecs(config.get('keyfile')?.get(UNMANAGED_KEY) ?? '');
  return (device) => matchSpecs(list, device) === 'match' || !managedBySection(config, device);
}
