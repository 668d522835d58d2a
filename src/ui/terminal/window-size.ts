import { createContext, useContext, useSyncExternalStore } from 'react';

/** Columns and rows of the terminal. */
export type WindowSize = { readonly columns: number; readonly rows: number };

/** The part of a terminal stream that tells its size. */
export type Sized = {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
};

/** A size that changes; the same object until it does. */
export type SizeSource = {
  readonly get: () => WindowSize;
  readonly subscribe: (onChange: () => void) => () => void;
};

/** A serial line or a new pseudo-terminal says 0. */
const known = (told: number | undefined, usual: number): number =>
  told === undefined || told <= 0 ? usual : told;

/** Follows a terminal stream; 80x24 where it does not tell. */
export function sizeOf(out: Sized): SizeSource {
  let size: WindowSize = { columns: 0, rows: 0 };
  return {
    get: () => {
      const columns = known(out.columns, 80);
      const rows = known(out.rows, 24);
      if (columns !== size.columns || rows !== size.rows) size = { columns, rows };
      return size;
    },
    subscribe: (onChange) => {
      out.on('resize', onChange);
      return () => out.off('resize', onChange);
    },
  };
}

const fixed: WindowSize = { columns: 80, rows: 24 };
const SizeContext = createContext<SizeSource>({
  get: () => fixed,
  subscribe: () => () => undefined,
});
export const SizeProvider = SizeContext.Provider;

/** The terminal's size; draws again when it changes. Named as in Ink 7. */
export function useWindowSize(): WindowSize {
  const source = useContext(SizeContext);
  return useSyncExternalStore(source.subscribe, source.get);
}
