import type { CalicoSetting } from './calico-setting.js';
import type { Intent } from './intent.js';
import type { Role } from './inventory.js';
import type { Readiness, Severity, Status } from './status.js';

/** The version of the JSON shape below; fields named here are a promise to users. */
export const REPORT_SCHEMA = 'calico-ready/report/v1';

export type EvidencePointer = {
  readonly probe: string;
  readonly command: string;
  readonly exit: number | null;
  /** Of the raw standard output. */
  readonly sha256: string;
};

export type FixSummary = {
  readonly way: string;
  readonly kind: 'safe' | 'disruptive';
  readonly summary: string;
  /** Shown and not applied by this tool: the operator does it. Absent where the tool applies it. */
  readonly byHand?: true;
};

export type Waiver = {
  readonly check: string;
  /** Node names; absent means every node. */
  readonly nodes?: readonly string[];
  readonly who: string;
  readonly why: string;
  /** ISO date; the waiver holds until the end of that day, UTC. */
  readonly until: string;
};

export type Finding = {
  readonly check: string;
  readonly title: string;
  readonly severity: Severity;
  readonly status: Status;
  readonly found: string;
  readonly expected?: string;
  /** Begins with a reason code and a colon; only when the status is unknown. */
  readonly reason?: string;
  /** What to do to know it, or the next step. */
  readonly toKnow?: string;
  readonly source: { readonly page: string; readonly url: string };
  readonly breaks: readonly string[];
  readonly alternatives: readonly string[];
  readonly fixes: readonly FixSummary[];
  /** Settings of Calico itself that mend it; absent when there are none. */
  readonly settings?: readonly CalicoSetting[];
  readonly evidence: readonly EvidencePointer[];
  /** Set when the status is waived. */
  readonly waiver?: Waiver;
  /** The status before the waiver. */
  readonly waivedFrom?: Status;
};

export type NodeReport = {
  readonly name: string;
  readonly host: string;
  readonly roles: readonly Role[];
  readonly reached: boolean;
  readonly reason?: string;
  readonly readiness: Readiness;
  readonly facts: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
};

export type PathFinding = {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly status: Status;
  readonly found: string;
  readonly blame?: string;
};

/** An intent near the one that was judged, under which everything passes that an intent can make pass. */
export type Suggestion = {
  /** Keys of the intent with their new values. */
  readonly changes: Partial<Intent>;
  /** One `key: value` of an intent file for each. */
  readonly words: readonly string[];
  /** The fleet's readiness with it. */
  readonly readiness: Readiness;
};

export type Report = {
  readonly schema: typeof REPORT_SCHEMA;
  readonly tool: { readonly name: string; readonly version: string };
  readonly catalogue: { readonly version: string; readonly checks: number };
  readonly run: { readonly id: string; readonly startedAt: string; readonly finishedAt: string };
  readonly intent: Intent;
  readonly readiness: Readiness;
  readonly summary: Readonly<Record<Status, number>>;
  /** Only when a required check fails and another intent would change that. */
  readonly suggestion?: Suggestion;
  readonly nodes: readonly NodeReport[];
  readonly cluster: { readonly findings: readonly Finding[] };
  readonly paths: readonly PathFinding[];
  /** Set for the embedded fleet, so that no reader mistakes it for real nodes. */
  readonly demo?: true;
};
