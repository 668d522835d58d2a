import type { InventoryNode } from '../../domain/inventory.js';

/** Says where the operator wrote something: `file:line:column`. Only a refusal asks, so nobody counts lines before. */
export type Place = () => string;

/** A node and where the operator wrote it. */
export type Placed = { readonly node: InventoryNode; readonly place: Place };
