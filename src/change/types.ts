import type { Fix } from '../domain/fix.js';

/** One fix of one check, to be applied to one node. */
export type Change = { readonly check: string; readonly fix: Fix };

/** What differs from run to run; it stands alone on the first line of a script. */
export type Prelude = {
  /** Lower-case hex, 16 to 64 digits: marks the lines of the result. */
  readonly nonce: string;
  /** Letters, digits and dashes, at most 64. Empty for an undo of the newest change, and for the list. */
  readonly changeId: string;
  /** The auditor's clock as `2026-01-31T12:00:00Z`. */
  readonly time: string;
  /** This tool's version, for the journal. */
  readonly version: string;
};

export type ChangeOutcome = {
  /**
   * `failed`: an apply left nothing different from before; an undo did not reach its end, as its message says.
   * `uncertain`: nobody can say without looking at the node.
   */
  readonly phase: 'applied' | 'failed' | 'uncertain' | 'undone';
  /** Visible text: what happened and what to do next. */
  readonly message: string;
  readonly changeId?: string;
  /** What the node reported on the way, in order; visible text. */
  readonly steps: readonly string[];
};

export const JOURNAL_STATES = [
  /** The backup is complete; the change itself may have been interrupted at any point. */
  'prepared',
  'applied',
  /** A step failed and everything was put back at once. */
  'restored',
  /** A step failed and something could not be put back. */
  'broken',
  /** An undo began and did not come to its end. */
  'undoing',
  'undone',
] as const;

export type JournalState = (typeof JOURNAL_STATES)[number];

/** One change in a node's journal. */
export type JournalEntry = {
  readonly id: string;
  /** Counts up on the node; a greater one was applied later. */
  readonly order: number;
  readonly state: JournalState;
  readonly time: string;
  readonly check: string;
  readonly way: string;
};

/** Still on the node: what `undo` takes by default, the newest first. */
export const openChanges = (entries: readonly JournalEntry[]): readonly JournalEntry[] =>
  entries
    .filter((entry) => entry.state !== 'undone' && entry.state !== 'restored')
    .sort((a, b) => b.order - a.order);
