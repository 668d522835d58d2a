export type Watched<V> = { readonly value: V; readonly keys: ReadonlySet<string> };

/**
 * Runs pure work on an object and tells which of its keys it looked at. On another object with the same values under
 * these keys the work takes the same way to the same end.
 */
export function watching<T extends object>(target: T): <V>(work: (watched: T) => V) => Watched<V> {
  let seen = new Set<string>();
  const watched = new Proxy(target, {
    get: (object, key) => {
      if (typeof key === 'string') seen.add(key);
      return Reflect.get(object, key) as unknown;
    },
    has: (object, key) => {
      if (typeof key === 'string') seen.add(key);
      return Reflect.has(object, key);
    },
  });
  return (work) => {
    seen = new Set();
    const value = work(watched);
    return { value, keys: seen };
  };
}
