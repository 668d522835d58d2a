/** What a configuration says of one host: lower-case keyword to its values, in order; most keywords have one. */
export type ConfigValues = ReadonlyMap<string, readonly string[]>;

/** Where a connection is to go, as it was asked for: by the inventory, an argument or a ProxyJump. */
export type Asked = {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
};

/** What the values of one host came from. */
export type HostConfig = {
  readonly values: ConfigValues;
  /** Directives that were met and not honoured, each `keyword (file:line)`. */
  readonly ignored: readonly string[];
};

export const firstOf = (values: ConfigValues, keyword: string): string | undefined =>
  values.get(keyword)?.[0];

/** The first value, unless it is absent or one of the words that switch the directive off. */
export function setOf(values: ConfigValues, keyword: string): string | undefined {
  const value = firstOf(values, keyword);
  return value === undefined || ['none', 'no', 'false', ''].includes(value.toLowerCase())
    ? undefined
    : value;
}

/** The lines of `ssh -G`: a keyword, a blank, the value. */
export function parseSshG(text: string): ConfigValues {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(' ');
    if (at < 1) continue;
    const key = line.slice(0, at).toLowerCase();
    const known = values.get(key);
    if (known === undefined) values.set(key, [line.slice(at + 1).trim()]);
    else known.push(line.slice(at + 1).trim());
  }
  return values;
}
