import type { InventoryNode } from '../../domain/inventory.js';
import type { SecretBroker, UnknownHostKey } from '../../domain/transport.js';
import type { Displayable } from '../../domain/visible.js';
import type { HostKeyPins } from './host-key-pins.js';

/** Where a node or a hop is. */
export type Target = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
};

/** Where a node is and the hops before it, the first hop first. */
export type Route = Target & { readonly jump: readonly Target[] };

export type KnownHostsFiles = {
  /** Absolute paths; a missing file is empty. */
  readonly user: readonly string[];
  readonly system: readonly string[];
  /** Where accepted keys are appended; null: nowhere. */
  readonly write: string | null;
  /** Hash host names in what is appended (HashKnownHosts). */
  readonly hashNew?: boolean;
};

/** Everything the transport needs from outside: it reads no environment and no arguments. */
export type SshOptions = {
  /** For nodes that name no user. */
  readonly defaultUser: string;
  /** Absolute paths, most likely first; a missing one is skipped. */
  readonly identityFiles: readonly string[];
  /** Socket of ssh-agent; undefined: none. */
  readonly agentSocket: string | undefined;
  /** Offer only those keys of the agent that are also named by identityFiles. */
  readonly identitiesOnly?: boolean;
  readonly knownHostsFiles: KnownHostsFiles;
  readonly hostKeyPolicy: 'ask' | 'strict' | 'accept-new';
  /** Keys that the operator accepted in this session; see createHostKeyPins. */
  readonly pins: HostKeyPins;
  /** Told of each unknown key under `ask`, before `open` rejects with host-key-unknown. */
  readonly onUnknownHostKey: (key: UnknownHostKey) => void;
  readonly broker: SecretBroker;
  /** How the text of a root run becomes root; default auto. `none`: only when the login user is root. */
  readonly become?: 'auto' | 'sudo' | 'none';
  /** For TCP and for the key exchange, each. Default 15000. */
  readonly connectTimeoutMs?: number;
  /** For the server's answers during login; the time a human takes at a prompt does not count. Default 60000. */
  readonly loginTimeoutMs?: number;
  /** Milliseconds between keepalives, and how many may stay unanswered. Default 10000, 3. */
  readonly keepalive?: { readonly intervalMs: number; readonly count: number };
  /** Host, port, user and hops of a node, for example by `ssh -G`; default: what the inventory says. */
  readonly resolve?: (node: InventoryNode) => Promise<Route>;
  /** Things the operator should know that fail nothing: a file that cannot be read, a weak host key. */
  readonly onWarning?: (text: Displayable) => void;
};
