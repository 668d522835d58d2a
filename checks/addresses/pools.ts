import { parseAddress, parseCidr, type Cidr } from '../../src/domain/cidr.js';

export type Named = { readonly text: string; readonly block: Cidr };

/** Blocks of an intent; those that are none are left out, for they were refused when the intent was read. */
export const blocksOf = (texts: readonly string[]): readonly Named[] =>
  texts.flatMap((text) => {
    const block = parseCidr(text);
    return block === null ? [] : [{ text, block }];
  });

/** The address in `host:port`, `[v6]:port` or a URL; none for a name, for what it leads to is not known here. */
export function hostOf(endpoint: string): readonly string[] {
  const rest = endpoint.slice(0, 300).replace(/^[a-z]{1,10}:\/\//i, '');
  const host = rest.startsWith('[') ? rest.slice(1).split(']')[0] : rest.split(/[:/]/)[0];
  return host !== undefined && parseAddress(host) !== null ? [host] : [];
}
