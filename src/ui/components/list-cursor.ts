import { useMemo, useState } from 'react';
import type { CommandMap } from '../keys.js';
import { useKept } from '../kept.js';

const clamp = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));

/** Which rows of a list are drawn: `height` of them around the cursor. Costs the same for 5 rows and 5,000. */
export function windowOf(
  cursor: number,
  count: number,
  height: number,
): { readonly from: number; readonly to: number } {
  const rows = Math.max(1, height);
  const from = Math.max(0, Math.min(count - rows, cursor - Math.floor(rows / 2)));
  return { from, to: Math.min(count, from + rows) };
}

export type ListCursor = {
  readonly cursor: number;
  readonly set: (to: number) => void;
  /** Bindings that move it. */
  readonly commands: CommandMap;
};

const moves = (by: (delta: number) => () => void, page: number, count: number): CommandMap => ({
  'nav.up': by(-1),
  'nav.down': by(1),
  'nav.pageUp': by(-page),
  'nav.pageDown': by(page),
  'nav.first': by(-count),
  'nav.last': by(count),
});

/** A cursor in a list of `count` rows, of which `page` are seen at once. */
export function useListCursor(count: number, page: number, first = 0): ListCursor {
  const [raw, set] = useState(first);
  // The list may have become shorter since.
  const cursor = clamp(raw, count);
  const by = (delta: number) => () => {
    set(clamp(cursor + delta, count));
  };
  return {
    cursor,
    set,
    commands: moves(by, page, count),
  };
}

/** The name under which the pointer of the Fixes step is kept: the findings lead to a fix. */
export const FIXES_PLACE = 'fixes';

/** Where the pointer of a keyed list stands. */
export type Place = { readonly index: number; readonly key: string | null };

/**
 * As `useListCursor`, but the pointer stays on its row when rows come, go or change places, so that a key never
 * acts on another row than the one it was pressed for. Under a `name` it is kept while another step is shown.
 */
export function useKeyedCursor<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  page: number,
  name?: string,
): ListCursor {
  const keyAt = (index: number): string | null => {
    const item = items[index];
    return item === undefined ? null : keyOf(item);
  };
  const [place, setPlace] = useKept<Place>(name, () => ({ index: 0, key: keyAt(0) }));
  const stays = place.key === null || keyAt(place.index) === place.key;
  const found = stays ? place.index : items.findIndex((item) => keyOf(item) === place.key);
  const cursor = clamp(found < 0 ? place.index : found, items.length);
  const set = (to: number): void => {
    setPlace({ index: to, key: keyAt(to) });
  };
  const by = (delta: number) => () => {
    set(clamp(cursor + delta, items.length));
  };
  return { cursor, set, commands: moves(by, page, items.length) };
}

const SHORTEST_NAME = 8;

/** The length of the longest name, found once for every change of the list, not for every key. */
export const useLongest = (items: readonly { readonly name: string }[]): number =>
  useMemo(
    () => items.reduce((most, item) => Math.max(most, item.name.length), SHORTEST_NAME),
    [items],
  );
