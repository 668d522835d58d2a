import { DEFAULT_INTENT, type Intent } from '../../domain/intent.js';
import type { InventoryNode } from '../../domain/inventory.js';

/** Who signs the demo's bundles. */
export const DEMO_PRINCIPAL = 'demo@calico-ready';

/** Where the demo's SSH servers listen: this machine alone. The ports are known once they do. */
export const DEMO_HOST = '127.0.0.1';
export const DEMO_USER = 'demo';

/** The recorded machines have the kernel for it, and none for IP-in-IP. */
export const DEMO_INTENT: Intent = { ...DEFAULT_INTENT, encapsulation: 'vxlan', bgp: false };

/** The one thing of the fleet that no machine printed. It stands in the recording too, and in `uname -a`. */
export const COMPOSED_NODE = 'rack2-b';
export const COMPOSED_NOTE = `The kernel release of ${COMPOSED_NODE} was composed by hand: no machine with so old a kernel was at hand.`;

/** The node behind which nobody listens. */
export const REFUSING_NODE = 'rack3-a';

const node = (name: string, role: 'control-plane' | 'worker'): InventoryNode => ({
  name,
  host: DEMO_HOST,
  roles: [role],
});

/** The five nodes, in the order in which reports list them. */
export const DEMO_NODES: readonly InventoryNode[] = [
  node('rack1-a', 'control-plane'),
  node('rack1-b', 'worker'),
  node('rack2-a', 'worker'),
  node(COMPOSED_NODE, 'worker'),
  node(REFUSING_NODE, 'worker'),
];
