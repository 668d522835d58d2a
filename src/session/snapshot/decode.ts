/** Turns unknown JSON into a typed value, or throws `Odd`. `at` names the place for the operator. */
export type Decode<T> = (value: unknown, at: string) => T;

/** The saved text is not what this version writes. Never leaves this folder. */
export class Odd extends Error {
  override readonly name = 'Odd';
}

const odd = (at: string, wanted: string): never => {
  throw new Odd(`${at} is not ${wanted}`);
};

/** A string of at most `max` UTF-16 units. */
export const text =
  (max: number): Decode<string> =>
  (value, at) =>
    typeof value === 'string' && value.length <= max ? value : odd(at, 'a text of its length');

export const bool: Decode<boolean> = (value, at) =>
  typeof value === 'boolean' ? value : odd(at, 'true or false');

/** JSON holds finite numbers only. */
export const num: Decode<number> = (value, at) =>
  typeof value === 'number' ? value : odd(at, 'a number');

export const oneOf =
  <const T extends string | number>(choices: readonly T[]): Decode<T> =>
  (value, at) =>
    choices.find((choice) => choice === value) ?? odd(at, 'one of its choices');

export const orNull =
  <T>(decode: Decode<T>): Decode<T | null> =>
  (value, at) =>
    value === null ? null : decode(value, at);

export const maybe =
  <T>(decode: Decode<T>): Decode<T | undefined> =>
  (value, at) =>
    value === undefined ? undefined : decode(value, at);

export const list =
  <T>(decode: Decode<T>, max: number): Decode<readonly T[]> =>
  (value, at) =>
    Array.isArray(value) && value.length <= max
      ? value.map((item, index) => decode(item, `${at}[${String(index)}]`))
      : odd(at, `a list of at most ${String(max)}`);

const entriesOf = (value: unknown, at: string): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : odd(at, 'an object');

export const record =
  <T>(decode: Decode<T>, max: number): Decode<Readonly<Record<string, T>>> =>
  (value, at) => {
    const entries = entriesOf(value, at);
    if (entries.length > max) odd(at, `an object of at most ${String(max)} keys`);
    return Object.fromEntries(entries.map(([key, item]) => [key, decode(item, `${at}.${key}`)]));
  };

/** Exactly these keys; those decoded by `maybe` may be missing. */
export const object =
  <T extends object>(fields: { readonly [K in keyof T]-?: Decode<T[K]> }): Decode<T> =>
  (value, at) => {
    const given = new Map(entriesOf(value, at));
    const decoders = Object.entries<Decode<unknown>>(fields);
    for (const key of given.keys())
      if (!Object.hasOwn(fields, key)) odd(`${at}.${key.slice(0, 40)}`, 'a key that belongs there');
    const entries = decoders.map(([key, decode]) => [key, decode(given.get(key), `${at}.${key}`)]);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined)) as T;
  };

/** Bytes from base64 of at most `max` characters. */
export const bytes =
  (max: number): Decode<Uint8Array> =>
  (value, at) => {
    const encoded = text(max)(value, at);
    const decoded = Buffer.from(encoded, 'base64');
    // Buffer skips what is not base64; only what it writes itself the same way was whole.
    if (decoded.toString('base64') !== encoded) odd(at, 'base64');
    return new Uint8Array(decoded);
  };
