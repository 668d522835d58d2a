import { columnsOf } from '../text.js';

/** The text of a field and where the cursor stands, in characters. */
export type Edit = { readonly text: string; readonly cursor: number };

export type EditAction =
  | { readonly kind: 'insert'; readonly text: string }
  | { readonly kind: 'erase' | 'left' | 'right' | 'first' | 'last' | 'clear' };

// Longer than any path, name or passphrase; a paste of a whole file must not slow down every frame after it.
export const MAX_TEXT = 4096;

/** A field is one line: the line breaks around a paste are dropped, those inside become spaces. */
const oneLine = (text: string): string => text.trim().replace(/\s*[\r\n]+\s*/g, ' ');

function insert({ text, cursor }: Edit, added: string): Edit {
  const characters = Array.from(text);
  const room = MAX_TEXT - characters.length;
  const inserted = Array.from(/[\r\n]/.test(added) ? oneLine(added) : added).slice(0, room);
  return {
    text: characters.toSpliced(cursor, 0, ...inserted).join(''),
    cursor: cursor + inserted.length,
  };
}

/** Pure; both erasing keys erase to the left (Ink 6 cannot tell them apart). */
export function edit(state: Edit, action: EditAction): Edit {
  const characters = Array.from(state.text);
  const cursor = Math.min(state.cursor, characters.length);
  switch (action.kind) {
    case 'insert':
      return insert({ text: state.text, cursor }, action.text);
    case 'erase':
      return cursor === 0
        ? state
        : { text: characters.toSpliced(cursor - 1, 1).join(''), cursor: cursor - 1 };
    case 'left':
      return { ...state, cursor: Math.max(0, cursor - 1) };
    case 'right':
      return { ...state, cursor: Math.min(characters.length, cursor + 1) };
    case 'first':
      return { ...state, cursor: 0 };
    case 'last':
      return { ...state, cursor: characters.length };
    case 'clear':
      return { text: '', cursor: 0 };
  }
}

/**
 * Which characters are drawn of a text longer than its field: as many around the cursor as fit into `room` columns, wide
 * characters counted as two. One after the last is the place where the next goes.
 */
export function aroundCursor(
  characters: readonly string[],
  cursor: number,
  room: number,
): { readonly from: number; readonly to: number } {
  const widthAt = (index: number): number => columnsOf(characters[index] ?? ' ');
  let from = cursor;
  let to = cursor + 1;
  let used = widthAt(cursor);
  const back = (limit: number): void => {
    for (; from > 0 && used + widthAt(from - 1) <= limit; from -= 1) used += widthAt(from - 1);
  };
  back(Math.ceil(room / 2));
  for (; to < characters.length && used + widthAt(to) <= room; to += 1) used += widthAt(to);
  back(room);
  return { from, to };
}
