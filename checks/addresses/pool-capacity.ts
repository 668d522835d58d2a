import { BLOCK_SIZES, blockSizeFor } from '../../src/domain/block-size.js';
import { defineClusterCheck, fail, pass, warn } from '../../src/domain/check.js';
import type { Intent } from '../../src/domain/intent.js';
import { someOf } from '../../src/domain/some-of.js';
import { pageB } from '../requirements/sources.js';
import { blocksOf, type Named } from './pools.js';

// kubelet's default of pods on a node.
const PODS = 110;
type Room = { readonly pool: Named; readonly size: number; readonly blocks: bigint };

const roomOf = (pool: Named, intent: Intent): Room => {
  const size = blockSizeFor(pool.block.family, intent.blockSize);
  const bits = size - pool.block.prefix;
  return { pool, size, blocks: bits < 0 ? 0n : 1n << BigInt(bits) };
};

export const poolCapacity = defineClusterCheck({
  id: 'addresses/pool-capacity',
  title: 'The pod ranges have room for all nodes',
  why: 'Calico gives each node whole blocks of a pool. When none is left, pods get single addresses out of the blocks of other nodes, or none at all and do not start.',
  sources: [
    {
      page: 'IP pool',
      url: 'https://docs.tigera.io/calico/latest/reference/resources/ippool',
      date: '2026-08-21',
      says: 'A block has a prefix of 20 to 32 (IPv4, 26 by default) or 116 to 128 (IPv6, 122), fixed when the pool is made; a pool holds at least one block.',
    },
    pageB(
      'B18',
      'network-requirements',
      'The range of an IP pool is chosen for the cluster and overlaps no other; the page says nothing of its size.',
    ),
  ],
  severity: 'recommended',
  waivable: true,
  skip: ({ network, podCIDRs }) => {
    if (network === 'aws-vpc' || network === 'azure')
      return 'pods get addresses of the cloud network';
    if (network === 'flannel') return 'with flannel each node has a range of its own, no blocks';
    return blocksOf(podCIDRs).length === 0 ? 'the intent names no pod range' : null;
  },
  rule: (intent) =>
    `Block sizes are 20 to 32 for IPv4 and 116 to 128 for IPv6, here ${String(blockSizeFor(4, intent.blockSize))} and ${String(blockSizeFor(6, intent.blockSize))}; fails when a pool holds no block or a family has fewer blocks than nodes, warns when ${String(PODS)} pods a node need more blocks than there are.`,
  needs: {},
  breaks: ['pods on the nodes that get no block'],
  alternatives: () => ['podCIDRs with a shorter prefix', 'a larger blockSize'],
  judge: (shares, intent) => {
    const rooms = blocksOf(intent.podCIDRs).map((pool) => roomOf(pool, intent));
    const nodes = BigInt(shares.length);
    const odd = rooms.filter(({ pool: { block }, size, blocks }) => {
      const { least, most } = BLOCK_SIZES[block.family];
      return blocks === 0n || size < least || size > most;
    });
    if (odd.length > 0) {
      const texts = odd.map(({ pool, size }) => `${pool.text} with blocks of /${String(size)}`);
      return fail(
        someOf(texts),
        'a block size that Calico takes, and a pool of at least one block',
      );
    }
    const perFamily = ([4, 6] as const).flatMap((family) => {
      const own = rooms.filter(({ pool }) => pool.block.family === family);
      const [first] = own;
      if (first === undefined) return [];
      const inBlock = 1 << Math.min(30, (family === 4 ? 32 : 128) - first.size);
      const each = BigInt(Math.ceil(PODS / inBlock));
      const blocks = own.reduce((sum, one) => sum + one.blocks, 0n);
      const text = `${String(blocks)} IPv${String(family)} blocks for ${String(nodes)} nodes, ${String(each)} a node for ${String(PODS)} pods`;
      return [{ text, tooFew: blocks < nodes, tight: blocks < nodes * each }];
    });
    const text = perFamily.map((one) => one.text).join('; ');
    const expected = 'pools that hold the blocks of all nodes';
    if (perFamily.some(({ tooFew }) => tooFew)) return fail(text, expected);
    return perFamily.some(({ tight }) => tight) ? warn(text, expected) : pass(text);
  },
});
