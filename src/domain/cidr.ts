/** An IPv4 or IPv6 address as a number. */
export type Address = { readonly family: 4 | 6; readonly value: bigint };

/** A block of addresses; `value` is its first address, host bits already cleared. */
export type Cidr = Address & { readonly prefix: number };

const WIDTH = { 4: 32, 6: 128 } as const;

/** Reads four decimal parts without leading zeros (RFC 6943 3.1.1 loose forms are refused). */
function parseIpv4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = value * 256n + BigInt(part);
  }
  return value;
}

/** The 16-bit groups of one side of `::`; a dotted quad may only end the address. */
function groupsOf(side: string, mayEnd: boolean): readonly bigint[] | null {
  if (side === '') return [];
  const groups: bigint[] = [];
  const parts = side.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const quad = mayEnd && index === parts.length - 1 ? parseIpv4(part) : null;
      if (quad === null) return null;
      groups.push(quad >> 16n, quad & 0xffffn);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(BigInt(`0x${part}`));
    } else return null;
  }
  return groups;
}

function parseIpv6(text: string): bigint | null {
  const sides = text.split('::');
  if (sides.length > 2) return null;
  const [left = '', right] = sides;
  const head = groupsOf(left, right === undefined);
  const tail = groupsOf(right ?? '', true);
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (right === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array<bigint>(missing).fill(0n), ...tail];
  return groups.reduce((value, group) => value * 65536n + group, 0n);
}

/** Reads an address; null for anything else, zone indexes included. */
export function parseAddress(text: string): Address | null {
  if (text.length > 45) return null;
  const family = text.includes(':') ? 6 : 4;
  const value = family === 6 ? parseIpv6(text) : parseIpv4(text);
  return value === null ? null : { family, value };
}

/** Reads `address/prefix`; an address alone is a block of one. Host bits are cleared. Null for anything else. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === null) return null;
  const width = WIDTH[address.family];
  const length = slash === -1 ? String(width) : text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > width) return null;
  return blockOf(address, Number(length));
}

/** The block of that prefix length in which the address lies. */
export function blockOf(address: Address, prefix: number): Cidr {
  const hostBits = BigInt(WIDTH[address.family] - prefix);
  return { family: address.family, value: (address.value >> hostBits) << hostBits, prefix };
}

/** Whether every address of `inner` is in `outer`. Families never contain each other. */
export const contains = (outer: Cidr, inner: Cidr): boolean =>
  outer.family === inner.family &&
  outer.prefix <= inner.prefix &&
  blockOf(inner, outer.prefix).value === outer.value;

/** Whether the two blocks share an address: one then contains the other. */
export const overlaps = (a: Cidr, b: Cidr): boolean => contains(a, b) || contains(b, a);

/** How many addresses the block holds. */
export const sizeOf = (cidr: Cidr): bigint => 1n << BigInt(WIDTH[cidr.family] - cidr.prefix);

const formatIpv4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');

/** RFC 5952: lower case, the first longest run of two or more zero groups becomes `::`. */
function formatIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(':');
  const left = groups.slice(0, best.start).join(':');
  return `${left}::${groups.slice(best.start + best.length).join(':')}`;
}

export const formatAddress = ({ family, value }: Address): string =>
  family === 4 ? formatIpv4(value) : formatIpv6(value);

export const formatCidr = (cidr: Cidr): string => `${formatAddress(cidr)}/${String(cidr.prefix)}`;
