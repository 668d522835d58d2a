import type { NodeEvidence, PeerRecord } from '../domain/evidence.js';
import type { Fix } from '../domain/fix.js';
import type { HostKeyList } from '../domain/host-key-list.js';
import type { Intent } from '../domain/intent.js';
import type { InventoryNode } from '../domain/inventory.js';
import type { Report, Waiver } from '../domain/report.js';
import type { SecretRequest, UnknownHostKey } from '../domain/transport.js';
import type { StepId } from './steps.js';

/** How nodes are entered; everything but the secrets themselves. */
export type AccessSettings = {
  /** Used for nodes that name no user. */
  readonly user: string;
  readonly identityFiles: readonly string[];
  readonly become: 'auto' | 'sudo' | 'doas' | 'none';
  readonly hostKey: 'ask' | 'strict' | 'accept-new';
};

/** What the Access step knows of one node. */
export type NodeAccess =
  | { readonly phase: 'untried' }
  | { readonly phase: 'connecting' }
  | { readonly phase: 'open'; readonly peer: PeerRecord; readonly privilege: string }
  /** Waiting for the operator to accept or refuse the key. */
  | {
      readonly phase: 'host-key';
      readonly key: UnknownHostKey;
      readonly accepted: boolean;
      /** What the operator's list of keys says of it; absent without a list. */
      readonly listed?: 'agrees' | 'unlisted';
    }
  /** `reason` begins with a reason code. */
  | { readonly phase: 'failed'; readonly reason: string; readonly nextStep: string };

/** What the Survey step knows of one node while it runs. */
export type NodeProgress =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'connecting' }
  | { readonly phase: 'asking'; readonly done: number; readonly total: number }
  | { readonly phase: 'asked'; readonly seconds: number }
  | { readonly phase: 'unreached'; readonly reason: string };

/** One fix on one node, from offer to proof. */
export type FixItem = {
  /** `node/check/way`. */
  readonly key: string;
  readonly node: string;
  readonly check: string;
  readonly fix: Fix;
  readonly picked: boolean;
  /** A disruptive fix: the operator typed its word. */
  readonly consented: boolean;
  readonly phase:
    | 'offered'
    | 'applying'
    | 'undoing'
    | 'verifying'
    /** The same probes ran again and the check no longer fails. */
    | 'verified'
    /** Applied, but the check still fails. */
    | 'not-fixed'
    /** Refused or failed before anything changed, or the node put everything back. */
    | 'failed'
    /** The connection broke during the change: look by hand. */
    | 'uncertain'
    | 'undone';
  readonly message: string;
  /** The change's id in the node's journal. */
  readonly changeId?: string;
};

export type Notice = { readonly level: 'info' | 'warning' | 'error'; readonly text: string };

/** What was exported, for the last screen. */
export type ExportResult = {
  readonly bundle: string;
  readonly sha256: string;
  /** `SHA256:…` of the signing key; absent for an unsigned bundle. */
  readonly fingerprint?: string;
  readonly principal?: string;
  readonly files: readonly string[];
  /** What is missing beside the bundle, why, and what to do; absent when everything was written. */
  readonly problem?: string;
  /** The command that verifies it. */
  readonly verifyCommand: string;
};

export type ExportSettings = {
  readonly bundle: string;
  /** Path of a private key, or empty for an unsigned bundle. */
  readonly signKey: string;
  /** A principal such as an e-mail address. */
  readonly signer: string;
};

/** The operator's own rules: where they are, and the SHA-256 of what they said. */
export type RulesFile = { readonly path: string; readonly sha256: string };

/** The files that nodes and intent were read from, while they still say what those files say, and the own rules. */
export type SessionFiles = {
  readonly inventory?: string;
  readonly intent?: string;
  readonly rules?: RulesFile;
};

/** The whole of a session. Plain data; derived things are selectors. Never a secret. */
export type SessionState = {
  readonly demo: boolean;
  readonly step: StepId;
  /** Where steps that were gone to past others were gone to from: always an earlier one. Not kept in the saved session. */
  readonly cameFrom?: Readonly<Partial<Record<StepId, StepId>>>;
  readonly nodes: readonly InventoryNode[];
  readonly intent: Intent;
  readonly access: AccessSettings;
  readonly nodeAccess: Readonly<Record<string, NodeAccess>>;
  /** Host keys that the operator has from elsewhere, to compare new ones with; not kept in the saved session. */
  readonly hostKeyList?: HostKeyList & { readonly source: string };
  /** The prompt at the head of the fleet's one queue; its answer goes to the broker, never here. */
  readonly prompt: SecretRequest | null;
  readonly progress: Readonly<Record<string, NodeProgress>>;
  readonly evidence: readonly NodeEvidence[];
  readonly report: Report | null;
  readonly fixes: readonly FixItem[];
  readonly waivers: readonly Waiver[];
  readonly exportSettings: ExportSettings;
  readonly exported: ExportResult | null;
  /** What runs now, as a few words for the status line; null when idle. */
  readonly busy: string | null;
  readonly notice: Notice | null;
  readonly runId: string;
  readonly startedAt: string;
  readonly files?: SessionFiles;
  /** Flags of this start that no screen changes, for the command lines; not kept in the saved session. */
  readonly flags?: readonly string[];
};
