import type { InventoryNode } from '../../domain/inventory.js';
import type { SecretBroker, UnknownHostKey } from '../../domain/transport.js';
import type { Displayable } from '../../domain/visible.js';
import type { HostKeyPins } from './host-key-pins.js';

/**
 * What ssh_config says of one host, besides where it is. What is absent is as the transport's own options say. All paths
 * are absolute, all tokens expanded.
 */
export type HostSettings = {
  /** The name under which the host key is looked up and kept, instead of host and port (HostKeyAlias). */
  readonly hostKeyAlias?: string;
  readonly knownHostsFiles?: KnownHostsFiles;
  /** `ask`, `accept-new` or `strict` of StrictHostKeyChecking, when it is stricter than the command's own policy. */
  readonly hostKeyPolicy?: 'ask' | 'strict' | 'accept-new';
  readonly identityFiles?: readonly string[];
  readonly identitiesOnly?: boolean;
  /** Socket; null: no agent (IdentityAgent none). */
  readonly agentSocket?: string | null;
  /** Run by /bin/sh with its tokens expanded; its standard streams are the connection (ProxyCommand). */
  readonly proxyCommand?: string;
  readonly addressFamily?: 'any' | 'inet' | 'inet6';
  readonly connectTimeoutMs?: number;
  readonly keepalive?: { readonly intervalMs: number; readonly count: number };
  /** Lists of names as `ssh -G` prints them; what ssh2 does not have is left out of the offer. */
  readonly algorithms?: {
    readonly kex?: readonly string[];
    readonly cipher?: readonly string[];
    readonly mac?: readonly string[];
    readonly hostKey?: readonly string[];
  };
  /** Why ssh2 cannot do what this host asks for, each a short clause; the user's own ssh can. */
  readonly needsOpenSsh?: readonly string[];
  /** Directives that were not honoured, for the operator. */
  readonly ignored?: readonly string[];
};

/** Where a node or a hop is. */
export type Target = {
  readonly host: string;
  /** The name under which ssh_config knows it, when that is another one. */
  readonly asked?: string;
  readonly port: number;
  readonly user: string;
  readonly settings?: HostSettings;
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
  readonly become?: 'auto' | 'sudo' | 'doas' | 'none';
  /** For TCP and for the key exchange, each. Default 15000. */
  readonly connectTimeoutMs?: number;
  /** For the server's answers during login; the time a human takes at a prompt does not count. Default 60000. */
  readonly loginTimeoutMs?: number;
  /** Milliseconds between keepalives, and how many may stay unanswered. Default 10000, 3. */
  readonly keepalive?: { readonly intervalMs: number; readonly count: number };
  /** The user's own ssh is tried next where it can do more: ssh2 gives up before it asks for a password in its place. */
  readonly sshStandsBy?: boolean;
  /** Pauses before a server that sheds connections is tried again. Default 2000, 5000, 15000. */
  readonly sheddingWaitsMs?: readonly number[];
  /** Host, port, user and hops of a node, for example by `ssh -G`; default: what the inventory says. */
  readonly resolve?: (node: InventoryNode) => Promise<Route>;
  /** Things the operator should know that fail nothing: a file that cannot be read, a weak host key. */
  readonly onWarning?: (text: Displayable) => void;
};
