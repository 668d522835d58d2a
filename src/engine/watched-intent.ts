import type { Intent } from '../domain/intent.js';

export type Watched<T> = { readonly value: T; readonly keys: ReadonlySet<string> };

/**
 * Runs pure work on an intent and tells which keys it looked at. With another intent that has the same values under
 * these keys the work takes the same way to the same end.
 */
export function watchIntent(intent: Intent): <T>(work: (intent: Intent) => T) => Watched<T> {
  let seen = new Set<string>();
  const watched = Object.defineProperties(
    {},
    Object.fromEntries(
      Object.entries(intent).map(([key, value]) => [
        key,
        {
          enumerable: true,
          get: (): unknown => {
            seen.add(key);
            return value;
          },
        },
      ]),
    ),
  ) as Intent;
  return (work) => {
    seen = new Set();
    const value = work(watched);
    return { value, keys: seen };
  };
}
