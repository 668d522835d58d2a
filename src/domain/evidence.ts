import type { Reason } from './reason.js';

/** Raw output of one probe on one node, exactly as the node printed it, or the reason why there is none. */
export type Evidence = {
  readonly probe: string;
  readonly command: string;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** From the frame; null for pasted output, or when the command was killed. */
  readonly exit: number | null;
  /** Milliseconds that the command took on the node; null when recorded without it. */
  readonly durationMs: number | null;
  /** The auditor's wall clock (ms since 1970) when the end of the output arrived. */
  readonly receivedAt: number | null;
  /** Set when the output must not be judged: lost, truncated, timed-out, garbled, not-run, … */
  readonly problem?: Reason;
};

/** How the node was reached, for the bundle. All strings are already bounded, not yet visible. */
export type PeerRecord = {
  readonly transport: 'ssh2' | 'openssh' | 'local' | 'recorded';
  /** Why this transport was taken in place of ssh2. */
  readonly chosenBecause?: string;
  readonly host: string;
  readonly port?: number;
  readonly address?: string;
  readonly user?: string;
  readonly hostKey?: {
    readonly type: string;
    readonly fingerprint: string;
    readonly trustedBy: string;
    /** Of an RSA key. */
    readonly bits?: number;
  };
  readonly serverVersion?: string;
  readonly algorithms?: Readonly<Record<string, string>>;
  /** Whether the key exchange was a post-quantum one; absent where it is not known. */
  readonly postQuantum?: boolean;
  readonly authMethod?: string;
  readonly authKey?: string;
  readonly privilege?: string;
};

/** All that one node said, or why it said nothing. The input of every judgement. */
export type NodeEvidence = {
  readonly node: string;
  /** Undefined when the node was reached. */
  readonly unreached?: Reason;
  /** What to do about that, from whoever knew more than the reason's code says. */
  readonly nextStep?: string;
  readonly peer?: PeerRecord;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly evidence: readonly Evidence[];
  /** Bytes before the first frame (a noisy profile), bounded. */
  readonly noise?: Uint8Array;
};
