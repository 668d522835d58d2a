import type { InventoryNode } from '../../domain/inventory.js';

/** A node and where the operator wrote it: `file:line:column`. */
export type Placed = { readonly node: InventoryNode; readonly place: string };
