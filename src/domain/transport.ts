import type { InventoryNode } from './inventory.js';
import type { PeerRecord } from './evidence.js';
import type { Displayable } from './visible.js';

/** How a remote script ended. A missing exit is never success. */
export type RunEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'lost' }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'limit'; readonly which: 'stdout' | 'stderr' }
  /** The channel was refused, or sudo refused; `why` begins with a reason code. */
  | { readonly kind: 'refused'; readonly why: string };

export type RunRequest = {
  /** Sent on standard input of `/bin/sh -s`; never on a command line. */
  readonly script: string;
  /** Milliseconds for the whole run. */
  readonly deadlineMs: number;
  readonly maxStdout: number;
  readonly maxStderr: number;
  /** `login`: as the login user. `root`: the whole text as root (uid 0, sudo -n, or sudo with the password of the broker). */
  readonly runAs: 'login' | 'root';
  /** Chunks are the receiver's: nobody writes to them again. */
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
};

/** One open connection to one node. */
export type Session = {
  readonly peer: PeerRecord;
  /** Resolves however the run ends; rejects only with CancelledError. */
  run(request: RunRequest, signal: AbortSignal): Promise<RunEnd>;
  close(): Promise<void>;
};

/** Opens sessions. Implementations: ssh2, local, recorded, the user's own ssh. */
export type Transport = {
  /** Rejects with ConnectError (its `reason` names the cause) or CancelledError. */
  open(node: InventoryNode, signal: AbortSignal): Promise<Session>;
};

/** A secret somebody has to type, or a yes. The answer never leaves the process. */
export type SecretRequest = {
  /** The node that is being opened. */
  readonly node: string;
  /** `confirm` is no secret: only `yes` counts. */
  readonly kind: 'password' | 'passphrase' | 'sudo-password' | 'keyboard-interactive' | 'confirm';
  /** Already made visible; cut to a line. */
  readonly prompt: Displayable;
  readonly echo: boolean;
  /** The node's host key was taken on trust in this run (accept-new): what was typed for another node must not go there. */
  readonly takenOnTrust?: boolean;
};

/** One queue of prompts for the whole fleet. Null: nobody can answer, or the operator declined. */
export type SecretBroker = {
  ask(request: SecretRequest, signal: AbortSignal): Promise<string | null>;
};

/** A host key that known_hosts does not hold yet. */
export type UnknownHostKey = {
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly type: string;
  /** `SHA256:…` as ssh-keygen -l prints it. */
  readonly fingerprint: string;
  /** Base64 of the key blob, to be pinned when the operator accepts it. */
  readonly key: string;
};
