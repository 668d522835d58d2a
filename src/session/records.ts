/** The own value of a key. Node names come from outside: `constructor` must not find what Object brings along. */
export const lookup = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** The record without the keys that `drop` names. */
export const without = <T>(
  record: Readonly<Record<string, T>>,
  drop: (key: string, value: T) => boolean,
): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(record).filter(([key, value]) => !drop(key, value)));
