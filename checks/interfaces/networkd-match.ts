import { globMatches } from '../../src/domain/glob.js';
import type { NetworkdFiles, NetworkFile } from '../probes/networkd-files.js';

/** What [Match] of systemd.network(5) and systemd.link(5) can see of an interface that does not exist yet. */
export type Shape = {
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  readonly driver: string;
};

export const SHAPES: readonly Shape[] = [
  { name: 'cali3f07a5d1e2b', type: 'ether', kind: 'veth', driver: 'veth' },
  { name: 'tunl0', type: 'tunnel', kind: 'ipip', driver: 'ipip' },
  { name: 'vxlan.calico', type: 'vxlan', kind: 'vxlan', driver: 'vxlan' },
  { name: 'wireguard.cali', type: 'wireguard', kind: 'wireguard', driver: 'wireguard' },
];

export type Line = { readonly section: string; readonly key: string; readonly value: string };

export function linesOfFile(text: string): readonly Line[] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed.startsWith('[')) {
      section = trimmed;
      return [];
    }
    const equals = trimmed.indexOf('=');
    if (equals <= 0 || /^[#;]/.test(trimmed)) return [];
    const [key, value] = [trimmed.slice(0, equals).trim(), trimmed.slice(equals + 1).trim()];
    return [{ section, key, value }];
  });
}

/** A `!` in front turns the whole list around. */
function listMatches(value: string, text: string): boolean {
  const turned = value.startsWith('!');
  const globs = (turned ? value.slice(1) : value).split(/\s+/).filter(Boolean);
  return globs.some((glob) => globMatches(glob, text)) !== turned;
}

const SEEN: Readonly<Record<string, (shape: Shape) => string>> = {
  Name: ({ name }) => name,
  OriginalName: ({ name }) => name,
  Type: ({ type }) => type,
  Kind: ({ kind }) => kind,
  Driver: ({ driver }) => driver,
};
// True or false for the whole host alike; they are taken as met, because they cannot be told here.
const OF_HOST = /^(?:Host|Virtualization|Kernel|Architecture|Firmware|Credential)/;

/** Whether the file would take the interface. Conditions on a hardware address, path or property never do. */
export function takes(match: readonly Line[], shape: Shape): boolean {
  const conditions = match.filter(({ section, value }) => section === '[Match]' && value !== '');
  return (
    conditions.some(({ key }) => !OF_HOST.test(key)) &&
    conditions.every(({ key, value }) => {
      const seen = SEEN[key];
      return seen === undefined ? OF_HOST.test(key) : listMatches(value, seen(shape));
    })
  );
}

const FOLDERS = ['/etc/', '/run/', '/usr/local/lib/', '/usr/lib/', '/lib/'];
const rank = ({ path }: NetworkFile): number =>
  FOLDERS.findIndex((folder) => path.startsWith(folder));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Files of a suffix as systemd reads them: by name, and of one name only that of the highest folder. */
export function filesOf({ files }: NetworkdFiles, suffix: string): readonly NetworkFile[] {
  const byName = new Map<string, NetworkFile>();
  for (const file of files.filter(({ path }) => path.endsWith(suffix))) {
    const name = nameOf(file.path);
    const other = byName.get(name);
    if (other === undefined || rank(file) < rank(other)) byName.set(name, file);
  }
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, file]) => file);
}

/** The first file that takes the interface, with the lines of its drop-ins behind its own. */
export function firstTaking(
  all: NetworkdFiles,
  suffix: '.network' | '.link',
  shape: Shape,
): { readonly path: string; readonly lines: readonly Line[] } | null {
  for (const { path, text } of filesOf(all, suffix)) {
    const dropIns = all.files.filter((file) => file.path.includes(`/${nameOf(path)}.d/`));
    const lines = [text ?? '', ...dropIns.map((file) => file.text ?? '')].flatMap(linesOfFile);
    if (takes(lines, shape)) return { path, lines };
  }
  return null;
}

/** The last value of a key, as later files override earlier ones. */
export const lastValue = (lines: readonly Line[], key: string): string | undefined =>
  lines.findLast((line) => line.key === key)?.value;
