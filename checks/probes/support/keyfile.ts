/** One `key=value` line; keys may repeat, and the last value then counts for all of them. */
export type KeyFileEntry = { readonly key: string; readonly value: string };
/** Groups in the order of their first line. */
export type KeyFile = ReadonlyMap<string, readonly KeyFileEntry[]>;

const GROUP = /^\[([^[\]]+)\][ \t]*$/;

/**
 * Reads the format of GLib's GKeyFile, which NetworkManager uses: `#` comments only, blanks trimmed around the key
 * and before the value, values raw. Null when GLib refuses the text, for which NetworkManager refuses to start.
 */
export function parseKeyFile(text: string): KeyFile | null {
  const groups = new Map<string, KeyFileEntry[]>();
  let current: KeyFileEntry[] | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '').replace(/^[ \t\v\f\r]+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const group = GROUP.exec(line)?.[1];
    if (group !== undefined) {
      current = groups.get(group) ?? [];
      groups.set(group, current);
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 1 || current === null) return null;
    const key = line.slice(0, equals).trimEnd();
    current.push({ key, value: line.slice(equals + 1).replace(/^[ \t\v\f\r]+/, '') });
  }
  return groups;
}
