import { createContext, useContext, useState } from 'react';

/** What screens keep of themselves while another one is shown: where a pointer stood, what was listed. */
export type Kept = Map<string, unknown>;

const KeptContext = createContext<Kept>(new Map());
export const KeptProvider = KeptContext.Provider;

/** For a screen that sets the pointer of another one. */
export const useKeptMap = (): Kept => useContext(KeptContext);

/** As `useState`, but the value is there again when the screen is left and comes back; without a name it is not. */
export function useKept<T>(
  name: string | undefined,
  first: () => T,
): readonly [T, (value: T) => void] {
  const kept = useContext(KeptContext);
  const [value, setValue] = useState<T>(() =>
    name !== undefined && kept.has(name) ? (kept.get(name) as T) : first(),
  );
  const set = (next: T): void => {
    if (name !== undefined) kept.set(name, next);
    setValue(next);
  };
  return [value, set];
}
