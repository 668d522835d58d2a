import { ROLES, type InventoryNode, type Role } from '../../domain/inventory.js';

/** Kubespray's names for groups, and ours. */
export const ROLE_OF_GROUP: Readonly<Record<string, Role>> = {
  'control-plane': 'control-plane',
  kube_control_plane: 'control-plane',
  'kube-master': 'control-plane',
  masters: 'control-plane',
  worker: 'worker',
  workers: 'worker',
  kube_node: 'worker',
  'kube-node': 'worker',
  etcd: 'etcd',
  typha: 'typha',
};

export const withRoles = (
  node: InventoryNode,
  roles: readonly (Role | undefined)[],
): InventoryNode => ({
  ...node,
  roles: ROLES.filter((role) => roles.includes(role) || node.roles.includes(role)),
});
