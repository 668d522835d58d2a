import { parseCidr, type Cidr } from '../../src/domain/cidr.js';

export type Named = { readonly text: string; readonly block: Cidr };

/** Blocks of an intent; those that are none are left out, for they were refused when the intent was read. */
export const blocksOf = (texts: readonly string[]): readonly Named[] =>
  texts.flatMap((text) => {
    const block = parseCidr(text);
    return block === null ? [] : [{ text, block }];
  });

/** The first few of many, and how many more there are. */
export const someOf = (items: readonly string[], limit = 5): string =>
  items.slice(0, limit).join(', ') +
  (items.length > limit ? ` and ${String(items.length - limit)} more` : '');
