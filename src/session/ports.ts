import type { Catalogue } from '../domain/check.js';
import type { NodeEvidence, PeerRecord } from '../domain/evidence.js';
import type { Fix } from '../domain/fix.js';
import type { Intent } from '../domain/intent.js';
import type { InventoryNode } from '../domain/inventory.js';
import type { Report } from '../domain/report.js';
import type { SecretRequest, UnknownHostKey } from '../domain/transport.js';
import type {
  AccessSettings,
  ExportResult,
  ExportSettings,
  NodeProgress,
  SessionState,
} from './state.js';

export type AccessEvent =
  | { readonly kind: 'connecting'; readonly node: string }
  | {
      readonly kind: 'open';
      readonly node: string;
      readonly peer: PeerRecord;
      readonly privilege: string;
    }
  | { readonly kind: 'host-key'; readonly node: string; readonly key: UnknownHostKey }
  | {
      readonly kind: 'failed';
      readonly node: string;
      readonly reason: string;
      readonly nextStep: string;
    };

/** Reaches nodes. Opened connections may be kept for the survey that follows. */
export type FleetPort = {
  /** Connects to each node, at most 32 at once. Resolves when every node has answered one way or another. */
  access(
    nodes: readonly InventoryNode[],
    settings: AccessSettings,
    onEvent: (event: AccessEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Pins these exact keys for this session; they are persisted only after a connection was proven. */
  acceptHostKeys(keys: readonly UnknownHostKey[]): void;
  /** Runs the collector on each node. Never rejects for a node: a node that fails is evidence with `unreached`. */
  survey(
    nodes: readonly InventoryNode[],
    intent: Intent,
    settings: AccessSettings,
    onProgress: (node: string, progress: NodeProgress) => void,
    signal: AbortSignal,
  ): Promise<readonly NodeEvidence[]>;
  /** Closes what is open. */
  close(): Promise<void>;
};

/** What a fix would do on a node, for the screen before consent. */
export type FixPreview = {
  /** Unified diff lines of every file, each already visible text. */
  readonly diff: readonly string[];
  /** Units and commands, one sentence each. */
  readonly actions: readonly string[];
  readonly loses: readonly string[];
  /** The command line that does the same. */
  readonly commandLine: string;
};

export type FixOutcome = {
  readonly phase: 'applied' | 'failed' | 'uncertain' | 'undone';
  readonly message: string;
  readonly changeId?: string;
};

/** Changes nodes; the only port that does. */
export type FixPort = {
  preview(node: InventoryNode, check: string, fix: Fix): FixPreview;
  apply(
    node: InventoryNode,
    check: string,
    fix: Fix,
    settings: AccessSettings,
    signal: AbortSignal,
  ): Promise<FixOutcome>;
  undo(
    node: InventoryNode,
    changeId: string,
    settings: AccessSettings,
    signal: AbortSignal,
  ): Promise<FixOutcome>;
};

/** Reads what the operator names and keeps the session. Rejections are InputError with a next step. */
export type FilesPort = {
  readInventory(path: string): Promise<readonly InventoryNode[]>;
  /** Text as typed or pasted: one host a line, or any inventory format. Throws InputError with line and column. */
  parseInventory(text: string): readonly InventoryNode[];
  sshConfigHosts(): Promise<readonly InventoryNode[]>;
  /** Lines of host keys or fingerprints, as text. */
  readHostKeys(path: string): Promise<string>;
  readIntent(path: string): Promise<Intent>;
  /** Throws InputError when a value is not of the key's kind. */
  checkIntent(candidate: Readonly<Record<string, unknown>>): Intent;
  save(state: SessionState): Promise<void>;
  /** Synchronous, for signal handlers: writes what `save` would. */
  saveNow(state: SessionState): void;
};

export type ExportPort = {
  /** Writes the bundle and beside it the reports. Rejects with OperatorError. */
  export(
    state: SessionState,
    report: Report,
    settings: ExportSettings,
    signal: AbortSignal,
  ): Promise<ExportResult>;
  /** Private keys that could sign, most likely first. */
  signKeys(): Promise<readonly string[]>;
  /** The absolute path of what was typed, so that it means the same file when the session is resumed in another folder. */
  wholePath(typed: string): string;
  /** An absolute path as one would type it here: from this folder or from the home folder. */
  shortPath(path: string): string;
};

/** Asks the operator for secrets, one at a time; the session shows the head of the queue. */
export type PromptPort = {
  /** Called by the store once; `show` is told the head of the queue, null when it is empty. */
  subscribe(show: (request: SecretRequest | null) => void): void;
  /** Answers the head of the queue; null declines. */
  answer(secret: string | null): void;
};

export type SessionPorts = {
  readonly catalogue: Catalogue;
  readonly tool: { readonly name: string; readonly version: string };
  readonly clock: { now(): number };
  readonly sha256: (bytes: Uint8Array) => string;
  readonly fleet: FleetPort;
  readonly fixer: FixPort;
  readonly files: FilesPort;
  readonly exporter: ExportPort;
  readonly prompts: PromptPort;
};
