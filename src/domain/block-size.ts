/** Prefix lengths of an IPAM block that Calico takes, and its own choice (reference/resources/ippool, 2026-08-21). */
export const BLOCK_SIZES = {
  4: { least: 20, most: 32, usual: 26 },
  6: { least: 116, most: 128, usual: 122 },
} as const;

/**
 * The prefix length of a block of this family. An intent names one: that of the family whose range it is in; the other
 * family gets Calico's own choice. What is in neither range is handed back as it is, for the checks to refuse.
 */
export function blockSizeFor(family: 4 | 6, blockSize: number): number {
  const { least, most } = BLOCK_SIZES[family === 4 ? 6 : 4];
  const isOther = blockSize >= least && blockSize <= most;
  return isOther ? BLOCK_SIZES[family].usual : blockSize;
}
