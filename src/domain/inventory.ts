export const ROLES = ['control-plane', 'worker', 'etcd', 'typha'] as const;

export type Role = (typeof ROLES)[number];

/** One machine to audit. Never holds a secret. */
export type InventoryNode = {
  /** What reports call it: the inventory name, else the host as typed without user and port. */
  readonly name: string;
  /** Address or Host of ssh_config. */
  readonly host: string;
  /** Undefined: what the SSH configuration says, else 22. */
  readonly port?: number;
  readonly user?: string;
  /** Hops as in ProxyJump, the first hop first. */
  readonly jump?: readonly string[];
  readonly roles: readonly Role[];
};

export type Inventory = { readonly nodes: readonly InventoryNode[] };
