import type { InventoryNode } from '../domain/inventory.js';

/** The machine that calico-ready runs on, asked without SSH (`--local`). */
export const THIS_MACHINE: InventoryNode = {
  name: 'this-machine',
  host: 'localhost',
  roles: ['worker'],
};

/** A node that somebody listed as `localhost` is entered over SSH; only the wizard's own entry is this machine. */
export const isThisMachine = (node: InventoryNode): boolean =>
  node.name === THIS_MACHINE.name &&
  node.host === THIS_MACHINE.host &&
  node.port === undefined &&
  node.user === undefined;
