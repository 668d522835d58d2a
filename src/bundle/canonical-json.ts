/** JSON with sorted keys, two spaces and a final newline, so that equal values are equal bytes. Maps become objects, sets lists, bigints decimal text. */
export const canonicalJson = (value: unknown): string =>
  `${JSON.stringify(plain(value), null, 2)}\n`;

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (value instanceof Set) return plain([...value]);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, plain(item)]),
  );
}
