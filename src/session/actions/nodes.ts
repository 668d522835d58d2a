import type { InventoryNode, Role } from '../../domain/inventory.js';
import { visibleLine } from '../../domain/visible.js';
import type { SessionActions } from '../actions.js';
import type { Context } from '../context.js';
import { without } from '../records.js';
import { THIS_MACHINE } from '../this-machine.js';

type Nodes = Pick<
  SessionActions,
  'addNodes' | 'loadInventory' | 'loadSshConfig' | 'addThisMachine' | 'removeNode' | 'toggleRole'
>;

const MAX_NODES = 5000;

export function nodesActions(context: Context): Nodes {
  const { get, set, commit, notify, ports, save } = context;

  const change = (nodes: readonly InventoryNode[], inventory?: string): void => {
    const files = { ...get().files };
    delete files.inventory;
    commit({ nodes, files: inventory === undefined ? files : { ...files, inventory } });
    save();
  };

  /** Adds nodes whose names are new; a name is what reports call a node, so it exists once. */
  const add = (more: readonly InventoryNode[], inventory?: string): void => {
    const { nodes } = get();
    const names = new Set(nodes.map((node) => node.name));
    const fresh = more.filter((node) => !names.has(node.name) && names.add(node.name));
    if (nodes.length + fresh.length > MAX_NODES) {
      notify('error', `A session holds at most ${String(MAX_NODES)} nodes. Audit in parts.`);
      return;
    }
    if (fresh.length > 0) {
      // The file says the same as the session only when it brought all of it.
      const whole = nodes.length === 0 && fresh.length === more.length;
      change([...nodes, ...fresh], whole ? inventory : undefined);
    }
    const known = more.length - fresh.length;
    if (more.length === 0) notify('info', 'No node was found there.');
    else if (known > 0)
      notify(
        'info',
        more.length === 1
          ? `${visibleLine(more[0]?.name ?? '', 80)} is listed already.`
          : `${String(known)} of them ${known === 1 ? 'is' : 'are'} listed already.`,
      );
  };

  return {
    addNodes: (text) => {
      if (context.refuseWhileBusy()) return;
      set({ notice: null });
      context.attempt(() => {
        add(ports.files.parseInventory(text));
      });
    },
    loadInventory: (path) =>
      context.long('Reading the inventory', async () => {
        add(await ports.files.readInventory(path), path);
      }),
    loadSshConfig: () =>
      context.long('Reading the SSH configuration', async () => {
        add(await ports.files.sshConfigHosts());
      }),
    addThisMachine: () => {
      if (context.refuseWhileBusy()) return;
      set({ notice: null });
      add([THIS_MACHINE]);
    },
    removeNode: (name) => {
      if (context.refuseWhileBusy()) return;
      const state = get();
      if (!state.nodes.some((node) => node.name === name)) return;
      const gone = (key: string): boolean => key === name;
      set({
        evidence: state.evidence.filter((item) => item.node !== name),
        nodeAccess: without(state.nodeAccess, gone),
        progress: without(state.progress, gone),
      });
      change(state.nodes.filter((node) => node.name !== name));
      notify('info', `${visibleLine(name, 80)} is off the list.`);
    },
    toggleRole: (name, role) => {
      if (context.refuseWhileBusy()) return;
      change(get().nodes.map((node) => (node.name === name ? withRole(node, role) : node)));
    },
  };
}

const withRole = (node: InventoryNode, role: Role): InventoryNode => ({
  ...node,
  roles: node.roles.includes(role)
    ? node.roles.filter((other) => other !== role)
    : [...node.roles, role],
});
